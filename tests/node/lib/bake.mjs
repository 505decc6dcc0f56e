// Badges and certificates baked by hand, as the standards say: what other programs may hand to /verify.
import * as zlib from 'node:zlib';

const { deflateSync } = zlib;

export const chunk = (type, data) => {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(zlib.crc32 ? zlib.crc32(body) : slowCrc(body));
  return Buffer.concat([length, body, sum]);
};

/** Older releases of Node have no crc32. */
function slowCrc(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** A PNG of one pixel with the text in an `iTXt` chunk of its own. */
export function png(text, { compressed = false, times = 1 } = {}) {
  const header = Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]);
  const content = compressed ? deflateSync(Buffer.from(text)) : Buffer.from(text);
  const baked = Buffer.concat([Buffer.from('openbadgecredential\0'), Buffer.from([compressed ? 1 : 0, 0, 0, 0]), content]);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), chunk('IHDR', header),
    ...Array.from({ length: times }, () => chunk('iTXt', baked)), chunk('IDAT', deflateSync(Buffer.from([0, 0]))), chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** An SVG with the text in an `openbadges:credential` element, as a section of CDATA or escaped. */
export function svg(text, { escaped = false } = {}) {
  const content = escaped ? text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;') : `<![CDATA[${text}]]>`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0" viewBox="0 0 1 1">
<!-- <openbadges:credential>{}</openbadges:credential> -->
<openbadges:credential>
${content}
</openbadges:credential><circle r="1"/></svg>`;
}

/** A PDF of one empty page with the text as its attached file. */
export function pdf(text, { compressed = false } = {}) {
  const content = compressed ? deflateSync(Buffer.from(text)) : Buffer.from(text);
  const filter = compressed ? '/Filter /FlateDecode ' : '';
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles << /Names [(credential.json) 4 0 R] >> >> >>', '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>', '<< /Type /Filespec /F (credential.json) /EF << /F 5 0 R >> >>',
  ].map((object) => Buffer.from(object));
  const head = `<< /Type /EmbeddedFile /Subtype /application#2Fjson ${filter}/Length ${content.length} >>\nstream\n`;
  objects.push(Buffer.concat([Buffer.from(head), content, Buffer.from('\nendstream')]));
  let file = Buffer.from('%PDF-1.7\n');
  let table = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n`;
  for (const [at, object] of objects.entries()) {
    table += `${String(file.length).padStart(10, '0')} 00000 n \n`;
    file = Buffer.concat([file, Buffer.from(`${at + 1} 0 obj\n`), object, Buffer.from('\nendobj\n')]);
  }
  return Buffer.concat([file, Buffer.from(`${table}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${file.length}\n%%EOF\n`)]);
}
