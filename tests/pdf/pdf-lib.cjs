// Saves `certificate.pdf` again by pdf-lib.
const { readFileSync, writeFileSync } = require('node:fs');
const { PDFDocument } = require('pdf-lib');

(async () => {
  const document = await PDFDocument.load(readFileSync('certificate.pdf'));
  document.setTitle('Saved again');
  writeFileSync('pdf-lib.pdf', await document.save());
})();
