import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { exportJWK } from 'jose';
import { registered } from './operator.mjs';
import { freePort } from './service.mjs';

const SERVER = join(import.meta.dirname, '../../../examples/node/server.mjs');

/**
 * Gives `story` the address of the example operator's site, served by the example itself, and the file with its webhook's secret; stops
 * it whatever happens. It is another site than Rastau's, as every operator's: 127.0.0.1 is not localhost. Fails when the site complained
 * of anything but `complaint`, or of that with the code in it.
 */
export async function withOperatorSite(rastau, id, story, { complaint } = {}) {
  const site = `http://127.0.0.1:${await freePort()}`;
  const { privateKey, folder } = await registered(rastau, id, { redirectUri: `${site}/callback` });
  const jwk = { ...(await exportJWK(privateKey)), kid: 'one', use: 'sig', alg: 'ES256' };
  writeFileSync(join(folder, 'private.jwk.json'), JSON.stringify(jwk));
  const secret = join(folder, 'webhook-secret');
  writeFileSync(secret, `whsec_${randomBytes(32).toString('base64')}\n`);
  const env = { ...process.env, RASTAU_ISSUER: `${rastau}/sandbox`, CLIENT_ID: id, ORIGIN: site };
  const child = spawn(process.execPath, [SERVER], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (log += text));
  try {
    const [line] = await Promise.race([once(createInterface({ input: child.stdout }), 'line'), once(child, 'exit')]);
    if (!String(line).includes(site)) throw new Error(`the site does not serve:\n${log}`);
    await story(site, secret);
    if (complaint ? !complaint.test(log) || /\bcode[-=]/.test(log) : log !== '') throw new Error(`the site complained:\n${log}`);
  } finally {
    child.kill();
  }
}
