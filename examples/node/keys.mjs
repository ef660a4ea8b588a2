// Makes the operator's key: `private.jwk.json` stays here, `jwks.json` is registered with Rastau.
import { writeFileSync } from 'node:fs';
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';

const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
const jwk = await exportJWK(publicKey);
const named = { kid: await calculateJwkThumbprint(jwk), use: 'sig', alg: 'ES256' };
writeFileSync('private.jwk.json', JSON.stringify({ ...(await exportJWK(privateKey)), ...named }), { mode: 0o600, flag: 'wx' });
writeFileSync('jwks.json', JSON.stringify({ keys: [{ ...jwk, ...named }] }));
console.log('private.jwk.json is secret; register jwks.json');
