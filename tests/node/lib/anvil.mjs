// Starts a real EVM node (anvil, from npm) on a free loopback port.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { rpcClient } from './rpc.mjs';

/** `LEARNCOIN_ANVIL`, else the binary of the npm package. */
function binary() {
  if (process.env.LEARNCOIN_ANVIL) return process.env.LEARNCOIN_ANVIL;
  return path.join(path.dirname(createRequire(import.meta.url).resolve('@foundry-rs/anvil-linux-amd64/package.json')), 'bin', 'anvil');
}

/** @returns {Promise<{url: string, chainId: number, rpc: Function, stop: () => void}>} once it listens */
export async function startAnvil({ chainId }) {
  const child = spawn(binary(), ['--host', '127.0.0.1', '--port', '0', '--chain-id', String(chainId)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const stop = () => child.kill();
  process.once('exit', stop);
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1)); // else it would outlive us
  const address = await new Promise((resolve, reject) => {
    let printed = '';
    child.stdout.on('data', (chunk) => {
      printed += chunk;
      const listening = /Listening on (127\.0\.0\.1:\d+)/.exec(printed);
      if (listening) resolve(listening[1]);
    });
    child.once('error', reject);
    child.once('exit', (status) => reject(new Error(`anvil ended with ${status}: ${printed.slice(-500)}`)));
  });
  const url = `http://${address}`;
  return { url, chainId, rpc: rpcClient(url), stop };
}
