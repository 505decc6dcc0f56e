// What a text and a URI of a document may look like: section 3 of the format.

/** The rule that a text breaks, or `null`: what implementations hash differently is refused. */
export function faultOfText(text) {
  for (const character of text) {
    const code = character.codePointAt(0);
    if ((code < 0x20 && !'\t\n\r'.includes(character)) || (code >= 0x7f && code <= 0x9f)) {
      return 'must not hold control characters other than line feed and carriage return';
    }
    if ((code & 0xfffe) === 0xfffe || (code >= 0xfdd0 && code <= 0xfdef)) return 'must not hold Unicode non-characters';
  }
  return null;
}

/** What an identifier must be. */
export const URI_FORM = 'must be an absolute URI in ASCII that starts with https://, http://, urn: or did:';

/**
 * Whether it is an absolute URI of RFC 3986 in ASCII with one of the four schemes. A relative reference would silently
 * drop every statement about its node from the hash.
 */
export function isAbsoluteUri(uri) {
  const [scheme, rest] = splitOnce(uri, ':');
  if (rest === null) return false;
  if (scheme === 'https' || scheme === 'http') return isHierarchical(rest);
  if (scheme === 'urn') return isUrn(rest);
  return scheme === 'did' && isDid(rest);
}

/** The parts before and after the first separator; `null` after it where there is none. */
export function splitOnce(text, separator) {
  const at = text.indexOf(separator);
  return at < 0 ? [text, null] : [text.slice(0, at), text.slice(at + separator.length)];
}

const ESCAPE = '%[0-9A-Fa-f]{2}';
const NAME = "A-Za-z0-9\\-._~!$&'()*+,;=";
const HOST = new RegExp(`^(?:[${NAME}]|${ESCAPE})+$`);
const USER = new RegExp(`^(?:[${NAME}:]|${ESCAPE})*$`);
const PATH = new RegExp(`^(?:[${NAME}:@/]|${ESCAPE})*$`);
const QUERY = new RegExp(`^(?:[${NAME}:@/?]|${ESCAPE})*$`);

/** What follows `https:` or `http:`: an authority with a host, then path, query and fragment. */
function isHierarchical(rest) {
  if (!rest.startsWith('//')) return false;
  const end = rest.slice(2).search(/[/?#]/);
  const authority = end < 0 ? rest.slice(2) : rest.slice(2, 2 + end);
  return isAuthority(authority) && isPathQueryFragment(rest.slice(2 + authority.length));
}

function isAuthority(authority) {
  const at = authority.lastIndexOf('@');
  if (at >= 0 && !USER.test(authority.slice(0, at))) return false;
  const hostAndPort = authority.slice(at + 1);
  if (hostAndPort.startsWith('[')) {
    const [address, port] = splitOnce(hostAndPort.slice(1), ']');
    return port !== null && isIpv6(address) && (port === '' || (port.startsWith(':') && isPort(port.slice(1))));
  }
  const [host, port] = splitOnce(hostAndPort, ':');
  return HOST.test(host) && isPort(port ?? '');
}

const isPort = (port) => /^[0-9]*$/.test(port) && Number(port) <= 65_535;

/** The browser's own reader of URLs knows what an address is. */
const isIpv6 = (address) => /^[0-9A-Fa-f:.]+$/.test(address) && URL.canParse(`http://[${address}]/`);

/** `NID:NSS` of RFC 8141. */
function isUrn(rest) {
  const [namespace, name] = splitOnce(rest, ':');
  return name !== null && /^(?!-)[A-Za-z0-9-]{2,32}(?<!-)$/.test(namespace) && isName(name);
}

/** `method:id` of DID Core, with an optional path, query and fragment. */
function isDid(rest) {
  const [method, name] = splitOnce(rest, ':');
  return name !== null && /^[a-z0-9]+$/.test(method) && isName(name);
}

const isName = (name) => /^[^?#/]/.test(name) && isPathQueryFragment(name);

function isPathQueryFragment(text) {
  const [before, fragment] = splitOnce(text, '#');
  const [path, query] = splitOnce(before, '?');
  return PATH.test(path) && QUERY.test(query ?? '') && QUERY.test(fragment ?? '');
}
