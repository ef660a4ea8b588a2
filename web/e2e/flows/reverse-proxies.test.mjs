// The proxies of `examples/proxies` before the service, and before servers that keep what comes to the byte.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { connect } from 'node:tls';
import { CertificateOperator } from '../harness/certificate-operator.mjs';
import { Gateway } from '../harness/gateway.mjs';
import { newOperator, scenario } from '../harness/operator.mjs';
import { overTls, postForm } from '../harness/over-tls.mjs';
import { Recorder } from '../harness/recorder.mjs';
import { freePort } from '../harness/service.mjs';
import { makeCertificate, makeExpiredCertificate, x5c } from '../harness/tls-proxy.mjs';

const origin = process.env.RASTAU_URL;
const rastau = `127.0.0.1:${new URL(origin).port}`;
const at = (name) => join(process.env.E2E_SCRATCH, name);
const site = makeCertificate(process.env.E2E_SCRATCH, 'rastau-site');
writeFileSync(at('rastau-site.pem'), site.cert + site.key);
const thief = makeCertificate(process.env.E2E_SCRATCH, 'proxy-thief');
const running = [];
after(() => Promise.all(running.map((one) => one.close())));

const PLAYERS = 'players.localhost';
/** As many connections as one address may have. */
const CONNECTIONS = 100;
const QUIET_MS = 400;
const HANDSHAKE = 'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==';

/** `waits`: whether it waits for bodies; `late`: what it makes of a registered certificate whose time is over. */
const PROXIES = {
  nginx: { file: 'proxies/nginx.conf', waits: true, late: 400 },
  haproxy: { file: 'proxies/haproxy.cfg', waits: true, late: 201 },
  apache: { file: 'proxies/apache.conf', waits: false, late: 'cut' },
};

for (const [program, { file, waits, late }] of Object.entries(PROXIES)) {
  test(`${program}: operators prove themselves by certificates where they are asked for, and players are not asked`, async () => {
    const { players, certificates } = await before(program, file, [rastau, rastau]);
    const bet = await CertificateOperator.register(origin, `${program}-proxy-bet`, certificates);
    const push = async (front, identity, headers, operator = bet) => {
      const fields = { client_id: operator.id, ...operator.request().parameters };
      return (await postForm(`${front}/oauth2/par`, fields, { identity, headers })).status;
    };
    const written = { 'client-cert': `:${x5c(bet.identity.cert)}:` };
    assert.equal(await push(certificates, bet.identity), 201);
    assert.equal(await push(certificates, bet.identity, { 'client-cert': `:${x5c(thief.cert)}:` }), 201);
    assert.equal(await push(certificates, thief), 401);
    assert.equal(await push(certificates, thief, written), 401);
    assert.equal(await push(certificates, undefined, written), 401);
    for (const name of ['client_cert', 'Client-Cert', 'CLIENT-CERT']) {
      assert.equal(await push(players, bet.identity, { [name]: written['client-cert'] }), 401, name);
    }
    const old = await CertificateOperator.register(origin, `${program}-proxy-old`, certificates, makeExpiredCertificate);
    assert.equal(await push(certificates, old.identity, {}, old).catch(() => 'cut'), late);
    assert.equal(await asks(certificates), true);
    assert.equal(await asks(players), false);
    // Operators alone have business there.
    for (const path of ['/verify/', '/console/', '/api/player/verification']) assert.equal((await overTls(certificates + path)).status, 404);
    assert.equal((await overTls(`${players}/verify/`)).status, 200);
    assert.equal((await bet.play()).token_type, 'Bearer');
    const record = (identity) => overTls(`${certificates}/api/operator/me?client_id=${bet.id}`, { identity });
    const own = await record(bet.identity);
    assert.deepEqual([own.status, own.text.includes(bet.redirectUri)], [200, true], own.text);
    assert.equal((await record(thief)).status, 401);
  });

  test(`${program}: the stream of the camera goes through, both ways`, async () => {
    const { players } = await before(program, file, [rastau, rastau]);
    const { status, socket, headers } = await openStream(players, program);
    assert.equal(status, 101, JSON.stringify(headers));
    let heard = '';
    socket.setEncoding('latin1').on('data', (chunk) => (heard += chunk));
    await until(() => heard.includes('"type":"ready"'));
    // A ping of ours, masked with zeros, is answered by a pong.
    socket.write(Buffer.from('898000000000', 'hex'));
    await until(() => heard.includes('\x8a\x00'));
    socket.destroy();
  });

  test(`${program}: no odd head, no upgrade and no hearsay gets through`, async () => {
    const [one, other] = await recorders();
    const { players } = await before(program, file, [one.address, other.address]);
    const { host } = new URL(players);
    const recorded = () => [...one.requests, ...other.requests];
    const send = async (...lines) => {
      one.requests.length = other.requests.length = 0;
      await sendRaw(players, lines.join('\r\n'));
      return recorded();
    };
    const [plain] = await send('GET /a HTTP/1.1', `Host: ${host}`, 'X-Forwarded-For: 203.0.113.9', 'Forwarded: for=203.0.113.9', 'Client-Cert: x', '', '');
    assert.match(plain, new RegExp(`^host: ${host}\r$`, 'im'));
    assert.match(plain, /^x-forwarded-for: 127\.0\.0\.1\r$/im);
    assert.doesNotMatch(plain, /^client-cert:/im);
    assert.equal(plain.match(/^x-forwarded-for:/gim).length, 1);

    for (const [path, protocol] of [
      ['/', 'h2c'],
      ['/api/player/capture', 'h2c'],
      ['/', 'websocket'],
      ['/oauth2/token', 'websocket'],
    ]) {
      const [came] = await send(
        `GET ${path} HTTP/1.1`,
        `Host: ${host}`,
        'Connection: Upgrade, HTTP2-Settings',
        `Upgrade: ${protocol}`,
        'HTTP2-Settings: AAMAAABk',
        HANDSHAKE,
        '',
        '',
      );
      assert.ok(came.startsWith(`GET ${path} `), came);
      assert.doesNotMatch(came, /^upgrade:|^connection: *upgrade/im, `${path} ${protocol}`);
    }
    const [stream] = await send('GET /api/player/capture HTTP/1.1', `Host: ${host}`, 'Connection: Upgrade', 'Upgrade: websocket', HANDSHAKE, '', '');
    assert.match(stream, /^upgrade: websocket\r$/im);

    for (const odd of [
      `GET /b HTTP/1.1\nHost: ${host}\nX-A: b\n\n`,
      `GET /b HTTP/1.1\r\nHost: ${host}\r\nX-A: b\nX-B: c\r\n\r\n`,
      `GET /b HTTP/1.1\r\nHost: ${host}\r\nX-A: b\r\n X-B: c\r\n\r\n`,
      `GET /b HTTP/1.1\r\nHost: ${host}\r\nX-A : b\r\n\r\n`,
      `POST /b HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
      `POST /b HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcde`,
      `POST /b HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`,
    ]) {
      for (const came of await send(odd)) {
        const [head, body] = came.split('\r\n\r\n');
        assert.doesNotMatch(`${head}\r\n`, /[^\r]\n|\r\n[ \t]|^[^:\r]* :/, `${JSON.stringify(odd)} came as ${JSON.stringify(came)}`);
        assert.ok((head.match(/^(content-length|transfer-encoding):/gim) ?? []).length <= 1, came);
        assert.doesNotMatch(body ?? '', /smuggled/);
      }
    }
    // Other names are nobody's here, in TLS or after it.
    for (const name of ['other.example', '127.0.0.1']) {
      one.requests.length = other.requests.length = 0;
      for (const named of [PLAYERS, name]) await sendRaw(players, `GET /c HTTP/1.1\r\nHost: ${name}\r\n\r\n`, named).catch(() => {});
      assert.deepEqual(recorded(), []);
    }
    assert.equal((await send('GET /d HTTP/1.1', `Host: ${host}`, '', '')).length, 1);
  });

  test(`${program}: what was sent is not sent again, and a replica that is down is passed by`, async () => {
    const [one, other] = await recorders();
    const { players, certificates } = await before(program, file, [one.address, other.address]);
    const post = (front) => postForm(`${front}/oauth2/token`, { grant_type: 'authorization_code', code: 'once' });
    one.hangsUp = other.hangsUp = true;
    for (const front of [players, certificates]) {
      one.requests.length = other.requests.length = 0;
      const { status } = await post(front).catch(() => ({ status: 'cut' }));
      assert.ok(status === 'cut' || status >= 500, `${status}`);
      assert.equal(one.requests.length + other.requests.length, 1);
    }
    one.hangsUp = other.hangsUp = false;
    one.close();
    other.requests.length = 0;
    for (let count = 1; count <= 4; count += 1) {
      assert.equal((await post(players)).text, 'recorded');
      assert.equal(other.requests.length, count);
    }
  });

  if (waits) {
    test(`${program}: slow bodies wait in front`, async () => {
      const [one, other] = await recorders();
      const { players } = await before(program, file, [one.address, other.address]);
      const slow = await beginBody(players);
      await new Promise((next) => setTimeout(next, QUIET_MS));
      assert.deepEqual([...one.requests, ...other.requests], []);
      slow.socket.write('once');
      await until(() => slow.heard().endsWith('recorded'));
      const [whole] = [...one.requests, ...other.requests];
      assert.ok(whole.endsWith('code=once'), whole);
    });

    test(`${program}: one address has so many connections`, async () => {
      const { players } = await before(program, file, [rastau, rastau]);
      const begun = await Promise.allSettled(Array.from({ length: CONNECTIONS + 1 }, () => beginBody(players)));
      const refused = () => begun.filter(({ value }) => !value || /^HTTP\/1\.1 429 /.test(value.heard()));
      await until(() => refused().length === 1);
      await new Promise((next) => setTimeout(next, QUIET_MS));
      assert.equal(refused().length, 1);
      for (const { value } of begun) value?.socket.destroy();
    });
  }
}

/** The program on its file before these two; where players and operators with certificates come to. */
async function before(program, file, [one, other]) {
  const [port, second] = [await freePort(), await freePort()];
  const values = {
    PROXY_PORT: port,
    PROXY_NETWORK: '127.0.0.1/32',
    PLAYERS_NAME: PLAYERS,
    PLAYERS_ADDRESS: `127.0.0.1:${port}`,
    PLAYERS_CERTIFICATE: at(program === 'haproxy' ? 'rastau-site.pem' : 'rastau-site.crt'),
    PLAYERS_KEY: at('rastau-site.key'),
    CERTIFICATES_NAME: 'localhost',
    CERTIFICATES_ADDRESS: `127.0.0.1:${second}`,
    CERTIFICATES_CERTIFICATE: at(program === 'haproxy' ? 'rastau-site.pem' : 'rastau-site.crt'),
    CERTIFICATES_KEY: at('rastau-site.key'),
    RASTAU_1: one,
    RASTAU_2: other,
  };
  const apart = program === 'haproxy' ? second : port;
  running.push(await Gateway.start(program, file, values, [port, apart]));
  return { players: `https://${PLAYERS}:${port}`, certificates: `https://localhost:${apart}` };
}

async function recorders() {
  const both = [await Recorder.listen(), await Recorder.listen()];
  running.push(...both);
  return both;
}

/** Whether the server asks for a certificate. */
async function asks(front) {
  const { hostname, port } = new URL(front);
  const child = execFile('openssl', ['s_client', '-connect', `127.0.0.1:${port}`, '-servername', hostname, '-msg']);
  let said = '';
  child.stdout.on('data', (chunk) => (said += chunk));
  child.stdin.end();
  await once(child, 'close');
  assert.match(said, /Finished/);
  return said.includes('CertificateRequest');
}

/** A player's stream, by the proxy. */
async function openStream(front, program) {
  const operator = await newOperator(origin, `${program}-stream`);
  const { address } = await operator.begin();
  const arrived = await fetch(address, { redirect: 'manual' });
  const cookie = arrived.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ');
  const { visit } = await (await fetch(`${origin}/api/player/verification`, { headers: { cookie } })).json();
  const headers = { cookie, origin, 'content-type': 'application/json', 'rastau-visit': visit };
  for (const [step, body] of [
    ['consent', { accepted: true, version: '2026-11' }],
    ['identify', { iin: await scenario(origin, 'approved') }],
  ]) {
    const answer = await overTls(`${front}/api/player/${step}`, { method: 'POST', headers, body: JSON.stringify(body) });
    assert.equal(answer.status, 200, answer.text);
  }
  return overTls(`${front}/api/player/capture?visit=${visit}`, {
    headers: {
      ...{ cookie, origin, connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' },
      ...{ 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==', 'sec-websocket-protocol': 'rastau.capture.v2' },
    },
  });
}

/** A TLS connection on which this was written, and what came on it. */
async function openRaw(front, text, servername = PLAYERS) {
  const name = /^[\d.]+$/.test(servername) ? undefined : servername;
  const socket = connect({ host: '127.0.0.1', port: new URL(front).port, servername: name, rejectUnauthorized: false });
  let heard = '';
  socket.setEncoding('latin1').on('data', (chunk) => (heard += chunk));
  await once(socket, 'secureConnect');
  socket.on('error', () => {}).write(text);
  return { socket, heard: () => heard };
}

/** A request whose body does not come to its end. */
function beginBody(front) {
  return openRaw(front, `POST /oauth2/token HTTP/1.1\r\nHost: ${new URL(front).host}\r\nContent-Length: 9\r\n\r\ncode=`);
}

/** As `openRaw`, until an answer came or the connection ended. */
async function sendRaw(front, text, servername) {
  const { socket, heard } = await openRaw(front, text, servername);
  await until(() => heard().includes('\r\n\r\n') || socket.closed);
  socket.destroy();
}

async function until(holds) {
  const end = Date.now() + 5_000;
  while (!holds()) {
    assert.ok(Date.now() < end, `not yet: ${holds}`);
    await new Promise((next) => setTimeout(next, 10));
  }
}
