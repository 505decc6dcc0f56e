// Whether a page of the console is as paper should have it: this runs within the page, while the browser shows it as it is printed.

/** The width of a sheet of A4 within its margins, in pixels. */
export const PAPER = { width: 688, height: 1000 };

/** @returns {string[]} what is wrong, in words */
export function printFaults() {
  const faults = [];
  const isShown = (element) => element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0;
  for (const element of document.querySelectorAll('.console button, .console .button, .console nav, .console [role="search"], .console .skip')) {
    if (isShown(element)) faults.push(`paper can't be pressed: ${element.outerHTML.slice(0, 120)}`);
  }
  /** The share of light that a color sends back, from 0 to 1; of one that is not there, that of paper. */
  const light = (color) => {
    const [red, green, blue, alpha = 1] = color.match(/[\d.]+/gu).map(Number);
    return alpha === 0 ? 1 : (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255;
  };
  const walker = document.createTreeWalker(document.querySelector('.console'), NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    // A meter's text is there for those who see none.
    if (!node.data.trim() || !isShown(element) || element.closest('meter, progress')) continue;
    const style = getComputedStyle(element);
    if (light(style.color) > 0.5) faults.push(`hardly to be read on paper: ${node.data.trim().slice(0, 40)} (${style.color})`);
    if (light(style.backgroundColor) < 0.9) faults.push(`wastes ink: ${node.data.trim().slice(0, 40)} (${style.backgroundColor})`);
  }
  if (!isShown(document.querySelector('.console-main h1'))) faults.push('there is no heading');
  return faults;
}
