// `rastau conformance` against a good operator and a careless one.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { exportJWK, generateKeyPair } from 'jose';
import { Operator } from '../../../examples/node/operator.mjs';
import { registerKeys } from '../harness/operator.mjs';
import { binary, freePort } from '../harness/service.mjs';

const origin = process.env.RASTAU_URL;

test('the example operator gets everything right', { timeout: 140_000 }, async () => {
  const port = await freePort();
  const { privateKey, jwks } = await newKey();
  const { folder } = await registerKeys(origin, 'conforming-bet', jwks, { redirectUri: `http://localhost:${port}/callback` });
  writeFileSync(join(folder, 'private.jwk.json'), JSON.stringify({ ...(await exportJWK(privateKey)), kid: 'one', alg: 'ES256' }));
  const server = join(import.meta.dirname, '../../../examples/node/server.mjs');
  const env = { ...process.env, RASTAU_ISSUER: `${origin}/sandbox`, CLIENT_ID: 'conforming-bet', ORIGIN: `http://localhost:${port}` };
  const child = spawn(process.execPath, [server], { cwd: folder, env, stdio: ['ignore', 'pipe', 'ignore'] });
  after(() => child.kill());
  await new Promise((ready) => child.stdout.once('data', ready));
  const { code, report } = await conformance(port, 'You are in');
  assert.deepEqual(wrong(report), []);
  assert.equal(report.checks, 27);
  assert.equal(code, 0);
});

test('of a careless operator everything that it forgot is told', { timeout: 140_000 }, async () => {
  const port = await freePort();
  const { privateKey, jwks } = await newKey();
  const redirectUri = `http://localhost:${port}/callback`;
  await registerKeys(origin, 'careless-bet', jwks, { redirectUri });
  const operator = await Operator.connect({
    issuer: `${origin}/sandbox`,
    clientId: 'careless-bet',
    key: privateKey,
    kid: 'one',
    redirectUri,
    insecure: true,
  });
  // Whoever comes back with a code is in.
  const site = createServer(async (request, answer) => {
    const url = new URL(request.url, redirectUri);
    if (url.pathname === '/play') {
      const { address } = await operator.begin();
      answer.writeHead(303, { location: address.href }).end();
    } else {
      answer.end(url.searchParams.has('code') ? `in eyJ${'a'.repeat(30)}.${'b'.repeat(30)}.${'c'.repeat(30)}` : 'out');
    }
  });
  await new Promise((listening) => site.listen(port, 'localhost', listening));
  after(() => site.close());
  const { code, report } = await conformance(port, 'in eyJ', ['begin', 'scenario.approved', 'scenario.debtor', 'token_hidden', 'forged']);
  assert.equal(code, 1);
  const forgotten = ['state_changed', 'state_missing', 'issuer_changed', 'issuer_missing', 'code_of_another_visit', 'error_beside_code', 'other_browser'];
  assert.deepEqual(wrong(report), ['token_hidden', ...forgotten.map((name) => `forged.${name}`)]);
});

test('what cannot be reached is said to be so', async () => {
  const { code, error } = await conformance(await freePort(), 'in');
  assert.equal(code, 2);
  assert.match(error, /does not answer/);
});

async function newKey() {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  return { privateKey, jwks: { keys: [{ ...(await exportJWK(publicKey)), kid: 'one', use: 'sig', alg: 'ES256' }] } };
}

function wrong(report) {
  return report.findings.filter((finding) => finding.wrong).map((finding) => finding.check);
}

function conformance(port, signedIn, only = []) {
  const start = `http://localhost:${port}/play`;
  const args = ['conformance', '--sandbox', origin, '--start', start, '--post', '--signed-in', signedIn, '--json'];
  return new Promise((resolve) => {
    execFile(binary(), [...args, ...only.flatMap((name) => ['--only', name])], (error, stdout, stderr) => {
      resolve({ code: error?.code ?? 0, report: stdout ? JSON.parse(stdout) : null, error: stderr });
    });
  });
}
