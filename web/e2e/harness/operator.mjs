import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { exportJWK, generateKeyPair } from 'jose';
import { Operator } from '../../../examples/node/operator.mjs';
import { binary } from './service.mjs';

export { playScenario, scenario } from './scenario.mjs';

const run = promisify(execFile);

/** Registers an operator of its own with the served sandbox, and connects the example to it. */
export async function newOperator(origin, id, algorithm = 'ES256') {
  const { privateKey, redirectUri } = await registered(origin, id, algorithm);
  const options = { issuer: `${origin}/sandbox`, clientId: id, key: privateKey, kid: 'one', redirectUri, insecure: true };
  return Operator.connect(options);
}

/** The Python example, as a process that prints where to go and reads where the browser came back to. */
export async function pythonOperator(origin, id) {
  const { privateKey, redirectUri, folder } = await registered(origin, id, 'ES256');
  const key = join(folder, 'private.jwk.json');
  writeFileSync(key, JSON.stringify({ ...(await exportJWK(privateKey)), kid: 'one', use: 'sig', alg: 'ES256' }));
  const examples = join(import.meta.dirname, '../../../examples/python');
  const args = ['bet.py', '--issuer', `${origin}/sandbox`, '--client-id', id, '--redirect-uri', redirectUri, '--key', key];
  return spawn(join(examples, '.venv/bin/python'), args, { cwd: examples, stdio: ['pipe', 'pipe', 'inherit'] });
}

/** A key, registered with the served sandbox's own command. */
async function registered(origin, id, algorithm) {
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: 'one', use: 'sig', alg: algorithm };
  const folder = mkdtempSync(join(process.env.E2E_SCRATCH, 'operator-'));
  const file = join(folder, 'jwks.json');
  writeFileSync(file, JSON.stringify({ keys: [jwk] }));
  const redirectUri = `${origin}/e2e-operator/callback`;
  const household = join(process.env.E2E_SCRATCH, 'data', `port-${new URL(origin).port}`);
  await run(binary(), ['operator', 'add', id, '--name', 'Example Bet', '--redirect-uri', redirectUri, '--jwks', file], { cwd: household });
  return { privateKey, redirectUri, folder };
}
