// A `fetch` that reaches this machine alone and writes down every question with its answer.
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

const inJson = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

/** @param {{from: string, to: string}[]} maps as `parseMaps` reads them: where hosts are really served */
export function recordedFetch(maps, realFetch = globalThis.fetch) {
  const exchanges = [];
  const fetch = async (input, init = {}) => {
    const asked = input instanceof Request ? input.url : String(input);
    const url = mapped(asked, maps);
    if (!LOOPBACK.test(new URL(url).hostname)) throw new Error(`refused, not on this machine: ${asked}`);
    const exchange = {
      request: {
        method: init.method ?? 'GET',
        url: asked,
        headers: Object.fromEntries(new Headers(init.headers)),
        ...(init.body !== undefined && { body: inJson(String(init.body)) }),
      },
    };
    exchanges.push(exchange);
    const response = await realFetch(url, { ...init, redirect: 'error' });
    const text = await response.clone().text();
    exchange.response = { status: response.status, headers: Object.fromEntries(response.headers), body: inJson(text) };
    return response;
  };
  return { fetch, exchanges };
}

function mapped(url, maps) {
  const address = url.replace(/^https?:\/\//, '');
  const map = maps.find(({ from }) => address === from || address.startsWith(`${from}/`) || address.startsWith(`${from}?`));
  return map ? map.to + address.slice(map.from.length) : url;
}
