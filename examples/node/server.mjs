// A betting site of two pages: Play, the way through Rastau and back, and what came of it; and a lobby for who is in. A plain form
// does for a browser without scripts; with them, site.mjs goes there in a window of its own or in this one.
// RASTAU_ISSUER (the sandbox's), CLIENT_ID and ORIGIN change the defaults. Webhooks are taken at /hooks where a file `webhook-secret`
// lies beside the key.
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { importJWK } from 'jose';
import { Operator } from './operator.mjs';
import { Session } from './session.mjs';
import * as webhooks from './webhooks.mjs';

const { RASTAU_ISSUER = 'http://localhost:8080/sandbox', CLIENT_ID = 'example-bet', ORIGIN = 'http://localhost:3000' } = process.env;
const { hostname, port } = new URL(ORIGIN);
const jwk = JSON.parse(readFileSync('private.jwk.json', 'utf8'));
const operator = await Operator.connect({
  issuer: RASTAU_ISSUER,
  clientId: CLIENT_ID,
  key: await importJWK(jwk, jwk.alg),
  kid: jwk.kid,
  redirectUri: `${ORIGIN}/callback`,
  insecure: true,
});
const FILES = {
  '/site.css': readFileSync(join(import.meta.dirname, 'site.css')),
  '/site.mjs': readFileSync(join(import.meta.dirname, 'site.mjs')),
  '/rastau-client.mjs': readFileSync(join(import.meta.dirname, '../../web/dist/client/index.js')),
};
const SECRET_FILE = 'webhook-secret';
const webhookSecret = existsSync(SECRET_FILE) ? readFileSync(SECRET_FILE, 'utf8').trim() : undefined;
const LONGEST_BODY = 8192;
const SIGN_OUT = '<form method="post" action="/sign-out"><button>Sign out</button></form>';
/** What is kept of each visit under way, by the browser's cookie and the visit's state; a real service lets them run out. */
const visits = new Map();
/** Players who are in, by a cookie that only they have; a real service keeps them where all of its servers see them. */
const sessions = new Map();

createServer(async (request, answer) => {
  try {
    await serve(request, answer);
  } catch (error) {
    console.error(error);
    answer.writeHead(502).end('Rastau could not be asked');
  }
}).listen(Number(port), hostname, () => console.log(`Example Bet is at ${ORIGIN}`));

async function serve(request, answer) {
  const { pathname, href } = new URL(request.url, ORIGIN);
  const session = cookie(request, 'session') ?? randomUUID();
  remember(answer, 'session', session);
  answer.setHeader('content-security-policy', "default-src 'self'; frame-ancestors 'none'");
  // Other sites can post forms here, but no JSON.
  const scripted = request.headers['content-type'] === 'application/json';

  if (request.method === 'POST' && pathname === '/play') {
    const { address, visit } = await operator.begin();
    visits.set(`${session} ${visit.state}`, { ...visit, scripted });
    if (scripted) json(answer, { address, state: visit.state, issuer: operator.metadata.issuer });
    else answer.writeHead(303, { location: address.href }).end();
  } else if (request.method === 'POST' && pathname === '/finish' && scripted) {
    const { address } = JSON.parse(await readText(request));
    const visit = take(session, address);
    if (visit) json(answer, await outcome(answer, address, visit));
    else answer.writeHead(409).end();
  } else if (pathname === '/callback') {
    const visit = visits.get(key(session, href));
    if (!visit) answer.statusCode = 404;
    if (!visit) page(answer, { title: 'Please start again', text: 'This visit is over.' });
    else if (visit.scripted) page(answer, { title: 'One moment', text: '', waits: true });
    else page(answer, await outcome(answer, href, take(session, href)));
  } else if (pathname === '/lobby') {
    const player = await standing(cookie(request, 'player'));
    if (!player) answer.statusCode = 401;
    page(answer, player ? welcome(player) : { title: 'You are not in', text: 'Please play.' });
  } else if (request.method === 'POST' && pathname === '/sign-out') {
    const name = cookie(request, 'player');
    const player = sessions.get(name);
    sessions.delete(name);
    await player?.leave();
    answer.writeHead(303, { location: '/' }).end();
  } else if (request.method === 'POST' && pathname === '/hooks' && webhookSecret) {
    const message = webhooks.read(webhookSecret, request.headers, await readText(request));
    if (message) await hear(message);
    answer.writeHead(message ? 204 : 401).end();
  } else if (pathname === '/') {
    page(answer, { title: 'Example Bet', text: '' });
  } else if (FILES[pathname]) {
    answer.setHeader('content-type', pathname.endsWith('.css') ? 'text/css' : 'text/javascript').end(FILES[pathname]);
  } else {
    answer.writeHead(pathname === '/favicon.ico' ? 204 : 404).end();
  }
}

function key(session, address) {
  return `${session} ${new URL(address, ORIGIN).searchParams.get('state')}`;
}

/** The visit that the browser came back from, once: a code that is sent twice ends what it gave. */
function take(session, address) {
  const visit = visits.get(key(session, address));
  visits.delete(key(session, address));
  return visit;
}

/** The player of this name, while they may play. Asked at every page: a session can end from outside at any time. */
async function standing(name) {
  const player = sessions.get(name);
  const stands = await player?.stands();
  if (player?.over) sessions.delete(name);
  return stands ? player : undefined;
}

/**
 * Something happened to a player. A message may come twice, late, or before another: it is a reason to look at once, and what holds
 * is asked. Whoever shows live odds would shut them here.
 */
async function hear({ data }) {
  const of = [...sessions].filter(([, player]) => player.sub === data?.sub);
  for (const [name] of of) await standing(name);
}

function welcome(player) {
  return { title: 'You are in', text: `You play as ${player.sub.slice(0, 8)}.`, leaves: true };
}

function cookie(request, name) {
  return new RegExp(`(?:^|; )${name}=([\\w-]+)`).exec(request.headers.cookie ?? '')?.[1];
}

function remember(answer, name, value) {
  answer.appendHeader('set-cookie', `${name}=${value}; HttpOnly; SameSite=Lax; Path=/`);
}

/** What the player sees: in, once the token was checked here, or out, without a reason. Who comes in gets a new name for it. */
async function outcome(answer, address, visit) {
  try {
    const player = await Session.begin(operator, await operator.finish(address, visit));
    if (await player.stands()) {
      const name = randomUUID();
      sessions.set(name, player);
      remember(answer, 'player', name);
      return welcome(player);
    }
  } catch (error) {
    if (error.error !== 'access_denied') throw error;
  }
  return { title: 'You cannot play', text: 'Why, Rastau has told you alone.' };
}

function page(answer, { title, text, waits = false, leaves = false }) {
  answer.setHeader('content-type', 'text/html; charset=utf-8');
  answer.end(`<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>Example Bet</title>
<link rel="stylesheet" href="/site.css"><script type="module" src="/site.mjs"></script>
<main data-waits="${waits}"><h1>${title}</h1><p role="status">${text}</p>
<form method="post" action="/play"><button name="way" value="redirect">Play</button>
<button name="way" value="popup" hidden>Play in a window</button></form><button id="cancel" hidden>Cancel</button>${leaves ? SIGN_OUT : ''}</main></html>`);
}

function json(answer, value) {
  answer.setHeader('content-type', 'application/json').end(JSON.stringify(value));
}

async function readText(request) {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk;
    if (text.length > LONGEST_BODY) throw new Error('the body is too long');
  }
  return text;
}
