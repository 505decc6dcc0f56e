// Whether a page is whole as it is laid out: this runs within the page, and looks at lines of text and at pictures, not at boxes.

/** @returns {string[]} what is wrong, in words */
export function layoutFaults() {
  /** An element and all that it stands in, up to the body. */
  function boxes(element) {
    const all = [];
    for (let box = element; box && box !== document.body; box = box.parentElement) all.push(box);
    return all;
  }

  /** A table may be wider than the window where it scrolls by itself; and some words are for ears alone. */
  function isApart(element) {
    return boxes(element).some((box) => /auto|scroll/.test(getComputedStyle(box).overflowX) || (box.offsetWidth <= 1 && box.offsetHeight <= 1 && getComputedStyle(box).position === 'absolute'));
  }

  const faults = [];
  const root = document.documentElement;
  const width = root.clientWidth;
  if (root.scrollWidth > width) faults.push(`the page is ${root.scrollWidth}px wide in a window of ${width}px`);

  const lines = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    // Text of a closed <details> and of the link that only the keyboard shows is nowhere.
    if (!node.data.trim() || !element.checkVisibility({ visibilityProperty: true }) || element.closest('.skip') || isApart(element)) continue;
    const clamp = boxes(element).find((box) => getComputedStyle(box).webkitLineClamp !== 'none')?.getBoundingClientRect();
    const range = document.createRange();
    range.selectNodeContents(node);
    const style = getComputedStyle(element);
    for (const rect of range.getClientRects()) {
      if (rect.width < 1 || rect.height < 1) continue;
      // What is shortened by so many lines is shortened on purpose; the lines below are not there.
      if (clamp && rect.top > clamp.bottom - rect.height / 2) continue;
      // A line box is taller than the letters in it; those fill about the size of the font in its middle.
      const slack = Math.max(0, (rect.height - Number.parseFloat(style.fontSize)) / 2);
      lines.push({ element, text: node.data.trim().slice(0, 40), left: rect.left, right: rect.right, top: rect.top + slack, bottom: rect.bottom - slack });
    }
  }

  for (const element of document.querySelectorAll('img, svg')) {
    const rect = element.getBoundingClientRect();
    if (!element.checkVisibility({ visibilityProperty: true }) || rect.width < 1 || rect.height < 1 || isApart(element)) continue;
    const text = `picture ${element.getAttribute('src') ?? element.getAttribute('class')}`;
    lines.push({ element, text, left: rect.left, right: rect.right, top: rect.top, bottom: rect.bottom });
  }

  for (const line of lines) {
    if (line.left < -1 || line.right > width + 1) faults.push(`"${line.text}" sticks out of the window`);
    for (const box of boxes(line.element)) {
      const style = getComputedStyle(box);
      if (style.overflowX === 'visible' && style.overflowY === 'visible') continue;
      const frame = box.getBoundingClientRect();
      const isCut = line.left < frame.left - 1 || line.right > frame.right + 1 || line.top < frame.top - 1 || line.bottom > frame.bottom + 1;
      if (isCut) faults.push(`"${line.text}" is cut off by <${box.localName} class="${box.className}">`);
      break;
    }
  }

  lines.sort((one, other) => one.top - other.top);
  lines.forEach((one, index) => {
    for (let next = index + 1; next < lines.length && lines[next].top < one.bottom - 1; next += 1) {
      const other = lines[next];
      const overlaps = Math.min(one.right, other.right) - Math.max(one.left, other.left) > 2 && Math.min(one.bottom, other.bottom) - other.top > 2;
      if (overlaps && one.element !== other.element) faults.push(`"${one.text}" lies over "${other.text}"`);
    }
  });
  return [...new Set(faults)];
}

/** @returns {string[]} whether what a frame shows needs more height than the frame has */
export function heightFaults() {
  const { scrollHeight, clientHeight } = document.documentElement;
  return scrollHeight > clientHeight ? [`${scrollHeight}px high in a frame of ${clientHeight}px`] : [];
}
