// Writes the keys that Rastau signs with as PEM files, for programs that read no JWK Set:
// node signing-keys.mjs https://rastau.example/oauth2/jwks FOLDER
// Says "changed" when they are others than before.
import { createPublicKey } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [address, folder] = process.argv.slice(2);
const answer = await fetch(address);
if (!answer.ok) throw new Error(`${address} answers ${answer.status}`);
const keys = (await answer.json()).keys.filter((key) => key.kty === 'EC' && key.crv === 'P-256');
if (keys.length < 1 || keys.length > 2) throw new Error(`one key or two were expected, there are ${keys.length}`);

mkdirSync(folder, { recursive: true });
// Two files always: what reads them names both.
for (const [place, key] of [keys[0], keys.at(-1)].entries()) {
  const file = join(folder, `key-${place + 1}.pem`);
  const pem = createPublicKey({ key, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
  if (written(file) !== pem) {
    writeFileSync(file, pem);
    console.log(`changed ${file}`);
  }
}

function written(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
