// A betting site of one page: Play, the way through Rastau and back, and what came of it.
// RASTAU_ISSUER (the sandbox's), CLIENT_ID and PORT change the defaults.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { importJWK } from 'jose';
import { Operator } from './operator.mjs';

const { RASTAU_ISSUER = 'http://localhost:8080/sandbox', CLIENT_ID = 'example-bet', PORT = '3000' } = process.env;
const origin = `http://localhost:${PORT}`;
const jwk = JSON.parse(readFileSync('private.jwk.json', 'utf8'));
const operator = await Operator.connect({
  issuer: RASTAU_ISSUER,
  clientId: CLIENT_ID,
  key: await importJWK(jwk, jwk.alg),
  kid: jwk.kid,
  redirectUri: `${origin}/callback`,
  insecure: true,
});
/** What is kept of each browser that is under way, by its cookie. */
const visits = new Map();

createServer(async (request, answer) => {
  try {
    const { pathname } = new URL(request.url, origin);
    const session = /(?:^|; )session=([\w-]+)/.exec(request.headers.cookie ?? '')?.[1] ?? randomUUID();
    const page = (text) => {
      answer.setHeader('set-cookie', `session=${session}; HttpOnly; SameSite=Lax; Path=/`);
      answer.setHeader('content-type', 'text/html; charset=utf-8');
      answer.end(`<!doctype html><meta name="viewport" content="width=device-width"><title>Example Bet</title>${text}`);
    };
    if (request.method === 'POST' && pathname === '/play') {
      const { address, visit } = await operator.begin();
      visits.set(session, visit);
      answer.writeHead(303, { location: address.href }).end();
    } else if (pathname === '/callback' && visits.has(session)) {
      const visit = visits.get(session);
      visits.delete(session);
      page(await outcome(request.url, visit));
    } else if (pathname === '/') {
      page('<h1>Example Bet</h1><form method="post" action="/play"><button>Play</button></form>');
    } else {
      answer.writeHead(404).end();
    }
  } catch (error) {
    console.error(error);
    answer.writeHead(502).end('Rastau could not be asked');
  }
}).listen(Number(PORT), 'localhost', () => console.log(`Example Bet is at ${origin}`));

/** What the player sees: in, with the token as it was checked here, or out, without a reason. */
async function outcome(url, visit) {
  try {
    const tokens = await operator.finish(new URL(url, origin).href, visit);
    const claims = await operator.verify(tokens.access_token);
    return `<h1>You are in</h1><pre>${JSON.stringify(claims, null, 2)}</pre><p>Has it ended? ${await operator.hasEnded(claims)}</p>`;
  } catch (error) {
    if (error.error !== 'access_denied') throw error;
    return '<h1>You cannot play</h1><p>Why, Rastau has told you alone. <a href="/">Back</a></p>';
  }
}
