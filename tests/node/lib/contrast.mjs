// Which texts of a page axe-core must judge by their contrast, so that each is judged: by itself, or by one that has the same colors.

/** The mark of the elements to judge. */
export const MARK = 'data-judged-contrast';

/**
 * Marks one element of each kind, and each that is no such kind: this runs within the page.
 *
 * What axe-core finds of a text's contrast follows from its color, size and weight, and from all that lies behind it: what the elements
 * that it is in have as background. A text behind or before which the background of another element lies is judged by itself.
 */
export function markKinds(mark) {
  const root = document.documentElement;
  const clear = 'rgba(0, 0, 0, 0)';
  const styles = new Map();
  const styleOf = (element) => {
    if (!styles.has(element)) styles.set(element, getComputedStyle(element));
    return styles.get(element);
  };
  const isPainted = (element) => styleOf(element).backgroundColor !== clear || styleOf(element).backgroundImage !== 'none';
  const all = [...document.body.querySelectorAll('*')];
  const painted = all.filter(isPainted).map((element) => ({ element, box: element.getBoundingClientRect(), isLifted: styleOf(element).position !== 'static' }));
  const textOf = (element) => [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map(({ data }) => data).join('').trim();
  const grounds = new Map([[null, '']]);
  /** What an element and all that it is in put behind its text. */
  const groundOf = (element) => {
    if (!grounds.has(element)) {
      const { backgroundColor, backgroundImage, opacity, filter, mixBlendMode } = styleOf(element);
      const own = isPainted(element) || opacity !== '1' || filter !== 'none' || mixBlendMode !== 'normal' ? `|${backgroundColor} ${backgroundImage} ${opacity} ${filter} ${mixBlendMode}` : '';
      grounds.set(element, `${groundOf(element.parentElement)}${own}`);
    }
    return grounds.get(element);
  };
  const isApart = (element) => {
    const box = element.getBoundingClientRect();
    return painted.some(({ element: other, box: its, isLifted }) => {
      // What it is in lies behind all of it, unless it sticks out.
      if (other.contains(element)) return box.left < its.left - 1 || box.right > its.right + 1 || box.top < its.top - 1 || box.bottom > its.bottom + 1;
      // The background of a part of the text lies behind that part alone, unless it was taken out of the text.
      if (element.contains(other) && !isLifted) return false;
      return its.left < box.right && box.left < its.right && its.top < box.bottom && box.top < its.bottom;
    });
  };
  /** Whether axe-core judges it for certain: no word of it is hidden or off, and it is no sign and nothing that can't be used. */
  const isPlain = (element) => {
    const box = element.getBoundingClientRect();
    if (!/\p{L}{2}/u.test(textOf(element)) || !element.checkVisibility({ visibilityProperty: true }) || element.closest('[disabled], [aria-disabled], label')) return false;
    if (box.width < 2 || box.height < 2 || box.left + scrollX < 0 || box.top + scrollY < 0 || box.right > root.clientWidth) return false;
    for (let around = element; around && around !== document.body; around = around.parentElement) {
      const { overflowX, overflowY, clipPath } = styleOf(around);
      if (overflowX === 'visible' && overflowY === 'visible' && clipPath === 'none') continue;
      const frame = around.getBoundingClientRect();
      if (clipPath !== 'none' || box.left < frame.left || box.right > frame.right || box.top < frame.top || box.bottom > frame.bottom) return false;
    }
    return true;
  };
  const kinds = new Set();
  for (const element of [document.body, ...all]) {
    element.removeAttribute(mark);
    const isField = /^(input|select|textarea|button)$/u.test(element.localName);
    if (!isField && textOf(element) === '') continue;
    if (!isField && isPlain(element) && !isApart(element)) {
      const { color, fontSize, fontWeight, textShadow } = styleOf(element);
      const kind = [color, fontSize, fontWeight, textShadow, groundOf(element)].join(' ');
      if (kinds.has(kind)) continue;
      kinds.add(kind);
    }
    element.setAttribute(mark, '');
  }
}
