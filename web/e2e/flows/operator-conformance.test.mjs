// `rastau conformance` against a good operator and a careless one.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { load } from '../harness/clients.mjs';
import { conformance, wrong } from '../harness/conformance.mjs';
import { newOperator } from '../harness/operator.mjs';
import { withOperatorSite } from '../harness/operator-site.mjs';
import { freePort } from '../harness/service.mjs';

const origin = process.env.RASTAU_URL;

test('the example operator gets everything right', { timeout: 140_000 }, () =>
  withOperatorSite(
    origin,
    'conforming-bet',
    async (site, secret) => {
      const webhook = ['--webhook', `${site}/hooks`, '--webhook-secret-file', secret];
      const { code, report } = await conformance(origin, `${site}/play`, 'You are in', [], webhook);
      assert.deepEqual(wrong(report), []);
      assert.equal(report.checks, 41);
      assert.equal(code, 0);
    },
    // What was forged.
    { complaint: /./ },
  ),
);

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
  const { code, report } = await conformance(origin, `http://localhost:${port}/play`, 'in eyJ', only);
  assert.equal(code, 1);
  const forgotten = ['state_changed', 'state_missing', 'issuer_changed', 'issuer_missing', 'code_of_another_visit', 'error_beside_code', 'other_browser'];
  assert.deepEqual(wrong(report), ['token_hidden', ...forgotten.map((name) => `forged.${name}`)]);
});

test('a receiver of webhooks on standardwebhooks gets everything right, and of one that looks at nothing that is told', async () => {
  const { Webhook } = await load('standardwebhooks');
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  const file = join(mkdtempSync(join(process.env.E2E_SCRATCH, 'receiver-')), 'secret');
  writeFileSync(file, `${secret}\n`);
  const ask = async (take) => {
    const port = await freePort();
    const receiver = createServer(async (request, answer) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      answer.writeHead(request.method === 'GET' || take(body, request.headers) ? 204 : 401).end();
    });
    await new Promise((listening) => receiver.listen(port, 'localhost', listening));
    after(() => receiver.close());
    const place = `http://localhost:${port}/`;
    return conformance(origin, place, 'in', ['webhook'], ['--webhook', place, '--webhook-secret-file', file]);
  };
  const good = await ask((body, headers) => {
    try {
      return Boolean(new Webhook(secret).verify(body, headers));
    } catch {
      return false;
    }
  });
  assert.deepEqual([wrong(good.report), good.report.checks, good.code], [[], 7, 0]);
  const careless = await ask(() => true);
  const forgotten = ['unsigned', 'other_secret', 'body_changed', 'id_changed', 'old'];
  assert.deepEqual(
    wrong(careless.report),
    forgotten.map((name) => `webhook.${name}`),
  );
});

test('what cannot be reached is said to be so', async () => {
  const { code, error } = await conformance(origin, `http://localhost:${await freePort()}/play`, 'in');
  assert.equal(code, 2);
  assert.match(error, /does not answer/);
});
