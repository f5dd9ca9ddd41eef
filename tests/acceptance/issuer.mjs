// Another issuer of access tokens, by node's own cryptography: keys of every algorithm that the server takes, and a token by
// each. Argument: the claims. Prints a list of {jwk, token}.
import { generateKeyPairSync, sign } from 'node:crypto';

const claims = JSON.parse(process.argv[2]);
const base64url = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

const kinds = [
  { alg: 'EdDSA', hash: null, pair: generateKeyPairSync('ed25519') },
  { alg: 'ES256', hash: 'sha256', pair: generateKeyPairSync('ec', { namedCurve: 'P-256' }) },
  { alg: 'RS256', hash: 'sha256', pair: generateKeyPairSync('rsa', { modulusLength: 2048 }) },
];

console.log(JSON.stringify(kinds.map(({ alg, hash, pair }) => {
  const kid = `key-${alg}`;
  const text = `${base64url({ alg, kid, typ: 'at+jwt' })}.${base64url(claims)}`;
  const signature = sign(hash, Buffer.from(text), { key: pair.privateKey, dsaEncoding: 'ieee-p1363' });
  return { jwk: { ...pair.publicKey.export({ format: 'jwk' }), kid, use: 'sig' }, token: `${text}.${signature.toString('base64url')}` };
})));
