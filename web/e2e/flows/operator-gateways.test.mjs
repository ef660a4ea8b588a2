// The gateways of `examples/gateways` before an operator's API, as programs, with tokens of the service.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import { decodeJwt, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { CertificateOperator } from '../harness/certificate-operator.mjs';
import { Oauth4webapi, proofFor } from '../harness/clients.mjs';
import { Gateway } from '../harness/gateway.mjs';
import { overTls } from '../harness/over-tls.mjs';
import { freePort, ROOT } from '../harness/service.mjs';
import { makeCertificate } from '../harness/tls-proxy.mjs';

const origin = process.env.RASTAU_URL;
const scratch = process.env.E2E_SCRATCH;
const issuer = `${origin}/sandbox`;
// What a caller writes to be somebody else: our header, a name that some servers read as it, and a word to take ours off.
const PRETENDED = { 'rastau-subject': 'somebody', rastau_subject: 'somebody', connection: 'close, Rastau-Subject' };
const site = makeCertificate(scratch, 'site');
const at = (name) => join(scratch, name);
writeFileSync(at('site.pem'), site.cert + site.key);
const running = [];
after(() => Promise.all(running.map((one) => one.close())));

/** The API behind the gateways: remembers who got through. */
const api = { reached: [], port: 0 };
api.port = await serve((request, answer) => {
  api.reached.push(request.headers);
  answer.end('played');
});

/** Rastau's keys and one more, as while they rotate; with it the test signs what Rastau would not. */
const next = await generateKeyPair('ES256', { extractable: true });
const published = await (await fetch(`${origin}/oauth2/jwks`)).json();
published.keys.push({ ...(await exportJWK(next.publicKey)), kid: 'next', alg: 'ES256', use: 'sig' });
const jwks = `http://localhost:${await serve((_request, answer) => answer.end(JSON.stringify(published)))}/`;

const proxyPort = await freePort();
/** Where Rastau asks operators for certificates. */
const front = `https://localhost:${proxyPort}`;
const proxy = await begun('nginx', 'proxies/nginx.conf', proxyPort, {
  PROXY_PORT: proxyPort,
  PROXY_NETWORK: '127.0.0.1/32',
  PLAYERS_NAME: 'players.localhost',
  PLAYERS_CERTIFICATE: at('site.crt'),
  PLAYERS_KEY: at('site.key'),
  CERTIFICATES_NAME: 'localhost',
  CERTIFICATES_CERTIFICATE: at('site.crt'),
  CERTIFICATES_KEY: at('site.key'),
  RASTAU_1: new URL(origin).host.replace('localhost', '127.0.0.1'),
  RASTAU_2: new URL(origin).host.replace('localhost', '127.0.0.1'),
});

test('nginx asks Rastau: its word, and the key that the token is bound to', async () => {
  const [bet, rival] = await Promise.all(['nginx-bet', 'nginx-rival'].map((id) => CertificateOperator.register(origin, id, front)));
  const [port, doubter] = [await freePort(), await freePort()];
  const address = `https://localhost:${port}/bets`;
  const values = {
    ...apiAt(port, bet.id),
    RASTAU_JS: join(ROOT, 'examples/gateways/nginx/token.js'),
    RASTAU_CERTIFICATE_ORIGIN: front,
    RASTAU_CA: at('site.crt'),
    CLIENT_CERTIFICATE: at(`${bet.id}.crt`),
    CLIENT_KEY: at(`${bet.id}.key`),
  };
  await begun('nginx', 'gateways/nginx/api.conf', port, values);
  const { access_token: token } = await bet.play();
  const { access_token: foreign } = await rival.play();
  const sub = JSON.parse((await bet.post('introspect', { token })).text).sub;
  const bearer = { authorization: `Bearer ${token}` };
  await letsIn(address, { identity: bet.identity, headers: { ...bearer, ...PRETENDED } }, sub);
  await refuses(address, {
    'no token': { identity: bet.identity },
    'no certificate': { headers: bearer },
    'another certificate': { identity: rival.identity, headers: bearer },
    "another operator's token": { identity: rival.identity, headers: { authorization: `Bearer ${foreign}` } },
    'a token that was changed': { identity: bet.identity, headers: { authorization: `Bearer ${tampered(token)}` } },
    'another scheme': { identity: bet.identity, headers: { authorization: `DPoP ${token}` } },
    'a second parameter': { identity: bet.identity, headers: { authorization: `Bearer ${foreign}&token=${token}` } },
  });

  // The same operator, with a token that is bound to a key.
  const keys = await generateKeyPair('ES256', { extractable: true });
  const tokens = await bet.play((endpoint, nonce) => proofFor(keys, 'POST', endpoint, undefined, { nonce }));
  const bound = tokens.access_token;
  await letsIn(address, await shown(keys, address, bound), sub);
  await letsIn(`${address}?page=2`, await shown(keys, address, bound), sub);
  await letsIn(address, await shown(keys, address, bound, { iat: seconds() - 50 }), sub);
  await refuses(address, {
    ...(await badProofs(keys, address, bound)),
    'a proof that tells its private key': await shown(keys, address, bound, {}, { jwk: await exportJWK(keys.privateKey) }),
    'a proof for another token': await shown(keys, address, bound, { ath: 'fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo' }),
    'its key named as a bearer': { headers: { authorization: `Bearer ${bound}`, dpop: await proofFor(keys, 'GET', address, bound) } },
  });

  // Given back: refused at once.
  assert.equal((await bet.post('revoke', { token: bound })).status, 200);
  await refuses(address, { 'a token that was given back': await shown(keys, address, bound) });

  // Where nobody can tell, or it is not Rastau that does, nobody is let in.
  await begun('nginx', 'gateways/nginx/api.conf', doubter, { ...values, ...apiAt(doubter, bet.id), RASTAU_CA: at(`${rival.id}.crt`) });
  await refuses(`https://localhost:${doubter}/bets`, { 'an impostor answers': { identity: bet.identity, headers: bearer } }, [500]);
  await letsIn(address, { identity: bet.identity, headers: bearer }, sub);
  await proxy.close();
  await refuses(address, { 'nobody answers': { identity: bet.identity, headers: bearer } }, [500]);
  proxy.again = await begun('nginx', 'proxies/nginx.conf', proxyPort, proxy.values);
});

test('HAProxy checks tokens offline, and the certificate that they are bound to', async () => {
  const bet = await CertificateOperator.register(origin, 'haproxy-bet', front);
  const rival = await CertificateOperator.register(origin, 'haproxy-rival', front);
  const port = await freePort();
  const address = `https://localhost:${port}/bets`;
  await writeKeys();
  const values = { ...apiAt(port, bet.id), API_CERTIFICATE: at('site.pem'), RASTAU_KEYS: at('keys') };
  await begun('haproxy', 'gateways/haproxy/api.cfg', port, values);
  const { access_token: token } = await bet.play();
  const { access_token: foreign } = await rival.play();
  const { identity } = bet;
  const as = (shown) => ({ identity, headers: { authorization: `Bearer ${shown}` } });
  const claims = decodeJwt(token);
  await letsIn(address, { ...as(token), headers: { ...as(token).headers, ...PRETENDED } }, claims.sub);
  for (const own of [claims, { ...claims, iat: seconds() - 250 }]) await letsIn(address, as(await signed(own)), claims.sub);
  await refuses(address, {
    'no token': { identity },
    'no certificate': { headers: { authorization: `Bearer ${token}` } },
    'another certificate': { identity: rival.identity, headers: { authorization: `Bearer ${token}` } },
    "another operator's token": { identity: rival.identity, headers: { authorization: `Bearer ${foreign}` } },
    ...Object.fromEntries((await badTokens(token)).map(([name, bad]) => [name, as(bad)])),
    'a token of a DPoP key': as(await signed({ ...claims, cnf: { jkt: claims.cnf['x5t#S256'] } })),
    'two tokens': { identity, headers: { authorization: [`Bearer ${token}`, `Bearer ${token}`] } },
  });
});

test('Apache with mod_oauth2 checks tokens offline, and proofs of the key that they are bound to', async () => {
  const bet = await Oauth4webapi.connect(origin, 'apache-bet');
  const rival = await Oauth4webapi.connect(origin, 'apache-rival');
  const port = await freePort();
  const address = `https://localhost:${port}/bets`;
  await begun('apache', 'gateways/apache/api.conf', port, { ...apiAt(port, bet.id), RASTAU_JWKS: jwks });
  const { access_token: token } = await bet.play('play');
  const { access_token: foreign } = await rival.play('play');
  const claims = decodeJwt(token);
  const { keys } = bet;
  const good = await shown(keys, address, token);
  await letsIn(address, { headers: { ...good.headers, ...PRETENDED } }, claims.sub);
  await letsIn(`${address}?page=2`, await shown(keys, address, token), claims.sub);
  const soon = await signed({ ...claims, exp: seconds() + 2 });
  for (const own of [await signed(claims), await signed({ ...claims, iat: seconds() - 250 }), soon]) {
    await letsIn(address, await shown(keys, address, own), claims.sub);
  }
  await letsIn(address, await shown(keys, address, token, { iat: seconds() - 50 }), claims.sub);
  const other = `other.example:${port}`;
  const elsewhere = async (headers) => ({ headers: { ...(await shown(keys, `https://${other}/bets`, token)).headers, ...headers } });
  await refuses(address, {
    'no token': {},
    'a proof shown before': good,
    ...(await badProofs(keys, address, token)),
    "another operator's token": await shown(rival.keys, address, foreign),
    ...Object.fromEntries(await Promise.all((await badTokens(token)).map(async ([name, bad]) => [name, await shown(keys, address, bad)]))),
    'a token of a certificate': await shown(keys, address, await signed({ ...claims, cnf: { 'x5t#S256': claims.cnf.jkt } })),
    'a proof for a name that the caller gave us': await elsewhere({ 'x-forwarded-host': other }),
    'a proof for another name that leads here': await elsewhere({ host: other }),
  });
  // What was found of a token does not outlive it.
  while (decodeJwt(soon).exp >= seconds()) await new Promise((next) => setTimeout(next, 100));
  await refuses(address, { 'a token that ended since': await shown(keys, address, soon) });
});

/** A program on one of the recipes, ended with the tests. */
async function begun(program, recipe, port, values) {
  const gateway = await Gateway.start(program, recipe, values, [port]);
  gateway.values = values;
  running.push(gateway);
  return gateway;
}

/** An HTTP server's port. */
async function serve(answer) {
  const server = createServer(answer).listen(0, 'localhost');
  await once(server, 'listening');
  running.push(server);
  return server.address().port;
}

function apiAt(port, id) {
  return {
    API_NAME: 'localhost',
    API_PORT: port,
    API_ORIGIN: `https://localhost:${port}`,
    API_CERTIFICATE: at('site.crt'),
    API_KEY: at('site.key'),
    API_UPSTREAM: `localhost:${api.port}`,
    CLIENT_ID: id,
    RASTAU_ISSUER: issuer,
    RASTAU_JWKS: jwks,
  };
}

/** The API is reached, hears of the person, and of no token. */
async function letsIn(address, wishes, sub) {
  api.reached.length = 0;
  const answer = await overTls(address, wishes);
  assert.equal(answer.status, 200, `${answer.text}\n${running.map((one) => one.log ?? '').join('\n')}`);
  assert.equal(answer.text, 'played');
  const [heard] = api.reached;
  assert.equal(heard['rastau-subject'], sub);
  assert.equal(heard.rastau_subject, undefined);
  assert.deepEqual(
    Object.keys(heard).filter((name) => /authorization|dpop|token|oauth/.test(name)),
    [],
  );
}

/** Each of these requests is refused, and none reaches the API. */
async function refuses(address, requests, statuses = [401, 403]) {
  api.reached.length = 0;
  for (const [name, wishes] of Object.entries(requests)) {
    const { status } = await overTls(address, wishes);
    assert.ok(statuses.includes(status), `${name}: ${status}`);
  }
  assert.equal(api.reached.length, 0);
}

/** A request with a token and a proof for it; `others`, `head`: members of the proof that are other than they should. */
async function shown(keys, address, token, others, head) {
  return { headers: { authorization: `DPoP ${token}`, dpop: await proofFor(keys, 'GET', address, token, others, head) } };
}

async function badProofs(keys, address, token) {
  const authorization = `DPoP ${token}`;
  return {
    'no proof': { headers: { authorization } },
    "a copy, with a proof of the thief's key": await shown(await generateKeyPair('ES256', { extractable: true }), address, token),
    'a proof for another method': await shown(keys, address, token, { htm: 'POST' }),
    'a proof for another address': await shown(keys, address, token, { htu: `${address}/all` }),
    'something else that this key signed': await shown(keys, address, token, {}, { typ: 'JWT' }),
    'an old proof': await shown(keys, address, token, { iat: seconds() - 90 }),
    'a proof of tomorrow': await shown(keys, address, token, { iat: seconds() + 86_400 }),
    'a proof that was changed': { headers: { authorization, dpop: tampered(await proofFor(keys, 'GET', address, token)) } },
  };
}

/** Tokens that differ from this good one in one thing each. */
async function badTokens(token) {
  const claims = decodeJwt(token);
  const [head, body, signature] = token.split('.');
  const encoded = (header) => Buffer.from(JSON.stringify(header)).toString('base64url');
  const none = `${encoded({ alg: 'none', typ: 'at+jwt' })}.${body}.`;
  const mac = `${encoded({ alg: 'HS256', typ: 'at+jwt', kid: 'next' })}.${body}`;
  const stranger = await generateKeyPair('ES256');
  const { client_id: _, ...anonymous } = claims;
  return [
    ['a token that was changed', tampered(token)],
    ['another person', [head, encoded({ ...claims, sub: 'somebody' }), signature].join('.')],
    ['no signature', none],
    [
      'a signature by the public key as a secret',
      `${mac}.${createHmac('sha256', await secret())
        .update(mac)
        .digest('base64url')}`,
    ],
    ["a stranger's signature", await signed(claims, { key: stranger.privateKey })],
    ['another issuer', await signed({ ...claims, iss: origin })],
    ['another audience', await signed({ ...claims, aud: 'other-bet' })],
    ['expired', await signed({ ...claims, iat: seconds() - 301, exp: seconds() - 1 })],
    ['an ID token', await signed(anonymous, { typ: 'JWT' })],
  ];
}

async function secret() {
  try {
    return readFileSync(at('keys/key-2.pem'));
  } catch {
    return JSON.stringify(published.keys.at(-1));
  }
}

/** What Rastau would have signed with its next key. */
function signed(claims, { key = next.privateKey, typ = 'at+jwt' } = {}) {
  return new SignJWT(claims).setProtectedHeader({ alg: 'ES256', typ, kid: 'next' }).sign(key);
}

function seconds() {
  return Math.floor(Date.now() / 1000);
}

/** The same with another letter in its signature. */
function tampered(token) {
  const at = token.lastIndexOf('.') + 10;
  return token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
}

/** The script says once that keys changed, and not again. */
async function writeKeys() {
  const script = join(ROOT, 'examples/gateways/haproxy/signing-keys.mjs');
  const said = async () => (await promisify(execFile)(process.execPath, [script, jwks, at('keys')])).stdout;
  assert.match(await said(), /changed .*key-1.pem\nchanged .*key-2.pem/);
  assert.equal(await said(), '');
}
