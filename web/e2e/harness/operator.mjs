import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { exportJWK, generateKeyPair } from 'jose';
import { Operator } from '../../../examples/node/operator.mjs';
import { binary, ROOT } from './service.mjs';

import { playScenario, scenario } from './scenario.mjs';

export { playScenario, scenario };

const run = promisify(execFile);

/** Other flows of the same service have their staff in it: then it takes two at the console, or this word. */
const ALONE = '--alone';

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

/** A script of `e2e/clients` on a library for Python, likewise; `more`: further arguments of its registration. */
export async function clientInPython(origin, id, script, more = []) {
  const clients = join(ROOT, 'web/e2e/clients');
  return startOperator(origin, id, join(clients, '.venv/bin/python'), [join(clients, script)], more);
}

/** What such a process says once its player went through as a scenario. `change`: to what the browser brings back. */
export async function goesThrough(origin, child, code = 'approved', change = () => {}) {
  const [ended, complaint] = [once(child, 'exit'), text(child.stderr)];
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => (await lines.next()).value;
  const address = await next();
  if (!address) throw new Error(await complaint);
  const back = new URL(await playScenario(origin, address, await scenario(origin, code)));
  change(back.searchParams);
  child.stdin.end(`${back}\n`);
  const said = await next();
  const [status] = await ended;
  if (status !== 0) throw new Error(await complaint);
  return JSON.parse(said);
}

/** Gives an operator of the served sandbox an endpoint; its secret. */
export async function setWebhook(origin, id, url) {
  const args = ['webhook', 'set', '--operator', id, '--url', url, '--json', ALONE];
  const { stdout } = await run(binary(), args, { cwd: household(origin) });
  return JSON.parse(stdout).secret;
}

async function startOperator(origin, id, program, first, more = []) {
  const { privateKey, redirectUri, folder } = await registered(origin, id, { more });
  const key = join(folder, 'private.jwk.json');
  writeFileSync(key, JSON.stringify({ ...(await exportJWK(privateKey)), kid: 'one', use: 'sig', alg: 'ES256' }));
  const args = [...first, '--issuer', `${origin}/sandbox`, '--client-id', id, '--redirect-uri', redirectUri, '--key', key];
  return spawn(program, args, { stdio: 'pipe', env: { ...process.env, RUST_BACKTRACE: '0' } });
}

/** A key, registered with the served sandbox's own command. */
export async function registered(origin, id, { algorithm = 'ES256', redirectUri = `${origin}/e2e-operator/callback`, more = [] } = {}) {
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: 'one', use: 'sig', alg: algorithm };
  return { privateKey, ...(await registerKeys(origin, id, { keys: [jwk] }, { more, redirectUri })) };
}

/** An operator with this key set, added by the served sandbox's own command; `more`: further arguments. */
export async function registerKeys(origin, id, jwks, { more = [], redirectUri = `${origin}/e2e-operator/callback` } = {}) {
  const folder = mkdtempSync(join(process.env.E2E_SCRATCH, 'operator-'));
  const file = join(folder, 'jwks.json');
  writeFileSync(file, JSON.stringify(jwks));
  const args = ['operator', 'add', id, '--name', 'Example Bet', '--redirect-uri', redirectUri, '--jwks', file, ALONE, ...more];
  await run(binary(), args, { cwd: household(origin) });
  return { redirectUri, folder };
}

/** The folder of the served sandbox. */
export function household(origin) {
  return join(process.env.E2E_SCRATCH, 'data', `port-${new URL(origin).port}`);
}
