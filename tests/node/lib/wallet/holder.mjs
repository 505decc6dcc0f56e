// The holder of a wallet: an Ed25519 key that is known by a DID, and signs what proves it.
import { generateKeyPairSync, sign } from 'node:crypto';
import * as base58 from 'base58-universal';

export const DID_METHODS = ['did:key', 'did:jwk'];

const base64url = (value) => Buffer.from(value).toString('base64url');

/** @returns {{did: string, kid: string, publicJwk: object, privateJwk: object, signJwt: (header: object, payload: object) => string}} */
export function newHolder(method) {
  const { privateKey } = generateKeyPairSync('ed25519');
  const privateJwk = privateKey.export({ format: 'jwk' });
  const { d: _, ...publicJwk } = privateJwk;
  const { did, kid } = method === 'did:jwk' ? asJwk(publicJwk) : asKey(publicJwk);
  const signJwt = (header, payload) => {
    const input = [header, payload].map((part) => base64url(JSON.stringify(part))).join('.');
    return `${input}.${base64url(sign(null, Buffer.from(input), privateKey))}`;
  };
  return { did, kid, publicJwk, privateJwk, signJwt };
}

function asKey({ x }) {
  const multibase = `z${base58.encode(Buffer.concat([Buffer.from([0xed, 0x01]), Buffer.from(x, 'base64url')]))}`;
  return { did: `did:key:${multibase}`, kid: `did:key:${multibase}#${multibase}` };
}

function asJwk(jwk) {
  const did = `did:jwk:${base64url(JSON.stringify(jwk))}`;
  return { did, kid: `${did}#0` };
}
