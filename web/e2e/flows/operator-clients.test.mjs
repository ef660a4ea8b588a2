// Libraries that operators use, as they come: none of them was made for Rastau, and none is changed.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { load, Oauth4webapi, proofFor } from '../harness/clients.mjs';
import { clientInPython, goesThrough, setWebhook } from '../harness/operator.mjs';
import { freePort } from '../harness/service.mjs';

const origin = process.env.RASTAU_URL;

test('oauth4webapi goes the whole way, as OAuth and as OpenID client', async () => {
  for (const [algorithm, scope] of [
    ['oauth2', 'play'],
    ['oidc', 'play openid'],
  ]) {
    const operator = await Oauth4webapi.connect(origin, `oauth4webapi-${algorithm}`, algorithm);
    const first = await operator.play(scope);
    const claims = operator.as.getValidatedIdTokenClaims(first);
    assert.equal(claims === undefined, algorithm === 'oauth2');
    const told = await operator.introspect(first.access_token);
    if (claims) assert.equal(claims.sub, told.sub);
    assert.equal((await operator.userInfo(first.access_token, told.sub)).acr, told.acr);
    await operator.renew(first.refresh_token);
    // The answer was lost, and the library asks again with the same token.
    const renewed = await operator.renew(first.refresh_token);
    for (const signed of [false, true]) assert.equal((await operator.introspect(renewed.access_token, signed)).active, true);
    await operator.giveBack(renewed.refresh_token);
    assert.equal((await operator.introspect(renewed.access_token)).active, false);
  }
});

test("oauth4webapi at the operator's own resource takes a token with its proof, and no copy", async () => {
  const operator = await Oauth4webapi.connect(origin, 'oauth4webapi-resource');
  const { access_token: token } = await operator.play('play');
  const address = 'http://localhost/bets';
  const check = async (keys) => {
    const headers = { authorization: `DPoP ${token}`, dpop: await proofFor(keys, 'GET', address, token) };
    return operator.as.validateJwtAccessToken(operator.server, new Request(address, { headers }), operator.id, operator.insecure);
  };
  assert.equal((await check(operator.keys)).scope, 'play');
  await assert.rejects(check(await operator.as.generateKeyPair('ES256', { extractable: true })));
});

test("express-oauth2-jwt-bearer before an operator's API lets tokens with proofs in and no others", async () => {
  const [{ default: express }, { auth }] = [await load('express'), await load('express-oauth2-jwt-bearer')];
  const operator = await Oauth4webapi.connect(origin, 'express-bet');
  const { access_token: token } = await operator.play('play');
  const app = express();
  const { issuer, jwks_uri: jwksUri } = operator.server;
  app.use(auth({ issuer, jwksUri, audience: operator.id, strict: true, dpop: { enabled: true, required: true } }));
  app.get('/bets', (request, answer) => answer.json({ sub: request.auth.payload.sub }));
  app.use((error, _request, answer, _next) => answer.status(error.status ?? 500).end());
  const port = await freePort();
  const listener = app.listen(port, 'localhost');
  await once(listener, 'listening');
  try {
    const address = `http://localhost:${port}/bets`;
    const ask = async (headers) => (await fetch(address, { headers })).status;
    const dpop = await proofFor(operator.keys, 'GET', address, token);
    assert.equal(await ask({ authorization: `DPoP ${token}`, dpop }), 200);
    const other = await proofFor(operator.keys, 'POST', address, token);
    for (const headers of [{ authorization: `Bearer ${token}` }, { authorization: `DPoP ${token}`, dpop: other }, {}]) {
      const status = await ask(headers);
      assert.ok(status === 400 || status === 401, `${status}`);
    }
  } finally {
    listener.close();
  }
});

test('standardwebhooks and svix take our messages and no others', async () => {
  const [{ Webhook: Standard }, { Webhook: Svix }] = [await load('standardwebhooks'), await load('svix')];
  const taken = [];
  const port = await freePort();
  const listener = createServer(async (request, answer) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    taken.push({ headers: request.headers, body });
    answer.writeHead(204).end();
  }).listen(port, 'localhost');
  await once(listener, 'listening');
  try {
    const operator = await Oauth4webapi.connect(origin, 'webhooks-bet');
    const secret = await setWebhook(origin, operator.id, `http://localhost:${port}/hooks`);
    await operator.giveBack((await operator.play('play')).refresh_token);
    const end = Date.now() + 20_000;
    while (taken.length < 2) {
      assert.ok(Date.now() < end, `only ${taken.length} messages came`);
      await new Promise((next) => setTimeout(next, 100));
    }
    const kinds = new Set();
    for (const { headers, body } of taken) {
      for (const Library of [Standard, Svix]) {
        kinds.add(new Library(secret).verify(body, headers).type);
        assert.throws(() => new Library(secret).verify(body.replace('data', 'date'), headers));
        assert.throws(() => new Library('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw').verify(body, headers));
      }
    }
    assert.deepEqual([...kinds].sort(), ['token.revoked', 'verification.completed']);
  } finally {
    listener.close();
  }
});

test('requests-oauth2client goes the whole way, bound to its key', async () => {
  const said = await goesThrough(origin, await clientInPython(origin, 'requests-oauth2client', 'requests_oauth2client_bet.py'));
  assert.deepEqual(said, { type: 'DPoP', standing: true, renewed: 12, ended: true });
});

// It names the endpoint as the audience of its assertions, in a list, and cannot be told otherwise.
const LENIENT = ['--assertion-audience', 'endpoint'];

test('idpyoidc goes the whole way, as bearer', async () => {
  const said = await goesThrough(origin, await clientInPython(origin, 'idpyoidc', 'idpyoidc_bet.py', LENIENT));
  assert.deepEqual(said, { type: 'Bearer', standing: true, renewed: true });
});
