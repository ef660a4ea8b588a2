import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { exportJWK, generateKeyPair } from 'jose';
import { Operator } from '../../../examples/node/operator.mjs';
import { binary, ROOT } from './service.mjs';

export { playScenario, scenario } from './scenario.mjs';

const run = promisify(execFile);

/** Registers an operator of its own with the served sandbox, and connects the example to it; `wishes` as in `registered`. */
export async function newOperator(origin, id, wishes) {
  const { privateKey, redirectUri } = await registered(origin, id, wishes);
  const options = { issuer: `${origin}/sandbox`, clientId: id, key: privateKey, kid: 'one', redirectUri, insecure: true };
  return Operator.connect(options);
}

/** The Python example, as a process that prints where to go and reads where the browser came back to. */
export async function pythonOperator(origin, id) {
  const python = join(ROOT, 'examples/python');
  return startOperator(origin, id, join(python, '.venv/bin/python'), [join(python, 'bet.py')]);
}

/** The Rust example, likewise; built beside the service. */
export async function rustOperator(origin, id) {
  return startOperator(origin, id, join(dirname(binary()), 'examples/operator'), []);
}

async function startOperator(origin, id, program, first) {
  const { privateKey, redirectUri, folder } = await registered(origin, id);
  const key = join(folder, 'private.jwk.json');
  writeFileSync(key, JSON.stringify({ ...(await exportJWK(privateKey)), kid: 'one', use: 'sig', alg: 'ES256' }));
  const args = [...first, '--issuer', `${origin}/sandbox`, '--client-id', id, '--redirect-uri', redirectUri, '--key', key];
  return spawn(program, args, { stdio: 'pipe', env: { ...process.env, RUST_BACKTRACE: '0' } });
}

/** A key, registered with the served sandbox's own command. */
export async function registered(origin, id, { algorithm = 'ES256', redirectUri = `${origin}/e2e-operator/callback` } = {}) {
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: 'one', use: 'sig', alg: algorithm };
  return { privateKey, ...(await registerKeys(origin, id, { keys: [jwk] }, { redirectUri })) };
}

/** An operator with this key set, added by the served sandbox's own command; `more`: further arguments. */
export async function registerKeys(origin, id, jwks, { more = [], redirectUri = `${origin}/e2e-operator/callback` } = {}) {
  const folder = mkdtempSync(join(process.env.E2E_SCRATCH, 'operator-'));
  const file = join(folder, 'jwks.json');
  writeFileSync(file, JSON.stringify(jwks));
  const args = ['operator', 'add', id, '--name', 'Example Bet', '--redirect-uri', redirectUri, '--jwks', file, ...more];
  await run(binary(), args, { cwd: household(origin) });
  return { redirectUri, folder };
}

/** The folder of the served sandbox. */
export function household(origin) {
  return join(process.env.E2E_SCRATCH, 'data', `port-${new URL(origin).port}`);
}
