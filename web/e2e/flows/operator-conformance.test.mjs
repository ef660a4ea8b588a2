// `rastau conformance` against a good operator and a careless one.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { after, test } from 'node:test';
import { newOperator } from '../harness/operator.mjs';
import { withOperatorSite } from '../harness/operator-site.mjs';
import { binary, freePort } from '../harness/service.mjs';

const origin = process.env.RASTAU_URL;

test('the example operator gets everything right', { timeout: 140_000 }, () =>
  withOperatorSite(
    origin,
    'conforming-bet',
    async (site) => {
      const { code, report } = await conformance(`${site}/play`, 'You are in');
      assert.deepEqual(wrong(report), []);
      assert.equal(report.checks, 30);
      assert.equal(code, 0);
    },
    // What was forged.
    { complaint: /./ },
  ));

test('of a careless operator everything that it forgot is told', { timeout: 140_000 }, async () => {
  const port = await freePort();
  const operator = await newOperator(origin, 'careless-bet', { redirectUri: `http://localhost:${port}/callback` });
  // Whoever comes back with a code is in.
  const site = createServer(async (request, answer) => {
    const url = new URL(request.url, 'http://localhost');
    if (url.pathname === '/play') {
      const { address } = await operator.begin();
      answer.writeHead(303, { location: address.href }).end();
    } else {
      answer.end(url.searchParams.has('code') ? `in eyJ${'a'.repeat(30)}.${'b'.repeat(30)}.${'c'.repeat(30)}` : 'out');
    }
  });
  await new Promise((listening) => site.listen(port, 'localhost', listening));
  after(() => site.close());
  const only = ['begin', 'scenario.approved', 'scenario.debtor', 'token_hidden', 'forged'];
  const { code, report } = await conformance(`http://localhost:${port}/play`, 'in eyJ', only);
  assert.equal(code, 1);
  const forgotten = ['state_changed', 'state_missing', 'issuer_changed', 'issuer_missing', 'code_of_another_visit', 'error_beside_code', 'other_browser'];
  assert.deepEqual(wrong(report), ['token_hidden', ...forgotten.map((name) => `forged.${name}`)]);
});

test('what cannot be reached is said to be so', async () => {
  const { code, error } = await conformance(`http://localhost:${await freePort()}/play`, 'in');
  assert.equal(code, 2);
  assert.match(error, /does not answer/);
});

function wrong(report) {
  return report.findings.filter((finding) => finding.wrong).map((finding) => finding.check);
}

function conformance(start, signedIn, only = []) {
  const args = ['conformance', '--sandbox', origin, '--start', start, '--post', '--signed-in', signedIn, '--json'];
  return new Promise((resolve) => {
    execFile(binary(), [...args, ...only.flatMap((name) => ['--only', name])], (error, stdout, stderr) => {
      resolve({ code: error?.code ?? 0, report: stdout ? JSON.parse(stdout) : null, error: stderr });
    });
  });
}
