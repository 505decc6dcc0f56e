// The result on the page, built node by node: every text is set as text, never read as markup.
import { dayOf, lastDayOf } from './days.js';
import { failureOf } from './report.js';

const SVG = 'http://www.w3.org/2000/svg';
const DRAWINGS = {
  passed: ['m7.5 12.5 3 3 6-6.5'],
  failed: ['m8.5 8.5 7 7m0-7-7 7'],
  could_not_check: ['M9.2 9.3a2.9 2.9 0 1 1 4.3 2.5c-.9.5-1.5 1.1-1.5 2.1M12 17.2v.1'],
  not_reached: [],
  not_applicable: [],
  running: ['M12 6.5V12l3.5 2.5'],
};
/** Which color a verdict has: only the verdict *valid* is green. */
const TONES = { valid: 'good', valid_test: 'trial', valid_development: 'trial', expired: 'wait', not_yet_valid: 'wait', could_not_check: 'unknown' };

/** An element with attributes and with children, each a node or a text. */
export function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function symbol(outcome) {
  const svg = document.createElementNS(SVG, 'svg');
  const attributes = {
    class: 'symbol', viewBox: '0 0 24 24', width: 24, height: 24, 'aria-hidden': 'true', focusable: 'false', fill: 'none', stroke: 'currentColor',
    'stroke-width': 2, 'stroke-linecap': 'round', 'stroke-linejoin': 'round',
  };
  for (const [key, value] of Object.entries(attributes)) svg.setAttribute(key, value);
  const circle = document.createElementNS(SVG, 'circle');
  for (const [key, value] of Object.entries({ cx: 12, cy: 12, r: 10 })) circle.setAttribute(key, value);
  svg.append(circle, ...DRAWINGS[outcome].map((d) => {
    const path = document.createElementNS(SVG, 'path');
    path.setAttribute('d', d);
    return path;
  }));
  return svg;
}

/** What a program found stands in English, whatever the language of the page. */
const found = (text) => element('bdi', { lang: 'en', dir: 'ltr' }, text);

/** The list of the five checks, first all of them under way. */
export class Steps {
  constructor(words, names) {
    this.words = words;
    this.items = new Map(names.map((name) => [name, element('li', { class: 'browser-step running' })]));
    this.list = element('ol', { class: 'browser-steps' }, ...this.items.values());
    for (const [name, item] of this.items) item.append(this.line(name, 'running'));
  }

  line(name, outcome, tag = 'div') {
    return element(tag, { class: 'browser-line' },
      symbol(outcome),
      element('span', { class: 'browser-name' }, this.words.checks[name]), ' ',
      element('span', { class: 'browser-outcome' }, this.words.outcomes[outcome]), ' ',
      element('span', { class: 'browser-question' }, this.words.questions[name]));
  }

  /** Puts a check that was made in its place. */
  put(check) {
    const item = this.items.get(check.name);
    item.className = `browser-step ${check.outcome}`;
    if (check.reason === null && check.evidence.length === 0) {
      item.replaceChildren(this.line(check.name, check.outcome));
      return;
    }
    const details = element('details', {}, this.line(check.name, check.outcome, 'summary'));
    details.open = check.outcome !== 'passed' && check.outcome !== 'not_applicable';
    const reason = check.reason === null ? [] : [element('p', { class: 'browser-reason' }, found(check.reason))];
    details.append(element('div', { lang: 'en', dir: 'ltr' }, ...reason, element('dl', { class: 'browser-facts' },
      ...check.evidence.map(([label, value]) => element('div', {}, element('dt', {}, label), element('dd', {}, found(value)))))));
    item.replaceChildren(details);
  }
}

/** Whose the document is, and for what: what a person compares first with what they see elsewhere. */
export function person(words, { subject }) {
  return [
    element('p', { class: 'browser-person' }, element('bdi', {}, subject.name ?? words.redacted)),
    element('p', { class: 'browser-achievement' }, element('bdi', {}, subject.achievement.name)),
  ];
}

/** The verdict with its reason. @param {object | null} signed the document, if it has the form of one */
export function verdict(words, dates, report, signed) {
  const name = failureOf(report) ?? report.verdict;
  const { title, meaning } = words.verdicts[name];
  const values = signed === null ? {} : { issuer: signed.issuer.name, issued: dayOf(dates, signed.issuanceDate), until: lastDayOf(dates, signed.expirationDate) };
  const isValid = name.startsWith('valid');
  const more = isValid && values.until !== null ? [element('p', {}, ...filled(words.valid_until, values))] : [];
  return element('div', { class: `browser-verdict tone-${TONES[name] ?? 'bad'}` },
    element('p', { class: 'browser-word' }, symbol(isValid ? 'passed' : TONES[name] ? 'could_not_check' : 'failed'), ' ', title),
    element('p', {}, ...filled(meaning, values)), ...more);
}

/** A text with its placeholders filled. What comes from the document stands in an element of its own direction. */
export function filled(text, values) {
  return text.split(/(\{\w+\})/).map((part) => {
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    return name === undefined ? part : element('bdi', {}, values[name] ?? '');
  });
}

/** What of the file was not checked. */
export function limits(words, format) {
  const text = { pdf: words.only_attachment, png: words.only_inside, svg: words.only_inside }[format];
  return text === undefined ? [] : [element('p', { class: 'browser-limits' }, text)];
}

/** What could not be looked up, check by check; nothing where all could. */
export function unreached(words, checks) {
  const missing = checks.filter(({ outcome }) => outcome === 'could_not_check');
  if (missing.length === 0) return [];
  return [
    element('h3', {}, words.unreached),
    element('ul', { class: 'browser-unreached' }, ...missing.map(({ name, reason }) => element('li', {}, `${words.checks[name]}: `, found(reason)))),
  ];
}

/** What the signed document says, for comparing it with what is shown elsewhere. */
export function said(words, dates, signed) {
  const rows = [
    [words.recipient, signed.subject.name ?? words.redacted],
    [words.achievement, signed.subject.achievement.name],
    [words.issuer, signed.issuer.name],
    [words.issued, dayOf(dates, signed.issuanceDate)],
    ...(signed.expirationDate === null ? [] : [[words.expires, lastDayOf(dates, signed.expirationDate)]]),
  ];
  return [
    element('h3', {}, words.says),
    element('dl', { class: 'browser-facts browser-said' }, ...rows.map(([label, text]) => element('div', {},
      element('dt', {}, label), element('dd', {}, element('bdi', {}, text))))),
  ];
}
