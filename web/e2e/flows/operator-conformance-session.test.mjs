// `rastau conformance` of what a site does once its player is in: of one that does it right, and of two that do not.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { after, test } from 'node:test';
import { conformance, wrong } from '../harness/conformance.mjs';
import { newOperator } from '../harness/operator.mjs';
import { withOperatorSite } from '../harness/operator-site.mjs';
import { freePort } from '../harness/service.mjs';

const origin = process.env.RASTAU_URL;
const CHECKS = ['stranger', 'renewed', 'answer_lost', 'register_down', 'ended_outside', 'signed_out'].map((name) => `session.${name}`);

/** All that is tried of sessions; each waits for its scenario, 70 seconds at most. */
const tried = (site) => conformance(origin, `${site}/play`, 'You are in', ['session'], ['--session', `${site}/lobby`, '--sign-out', `${site}/sign-out`]);

// They wait at the same time.
test('what comes after entry', { concurrency: true, timeout: 140_000 }, async (t) => {
  await Promise.all([
    t.test('the example operator gets everything right', () =>
      withOperatorSite(
        origin,
        'staying-bet',
        async (site) => {
          const { code, report, error } = await tried(site);
          assert.deepEqual([wrong(report), code, error], [[], 0, '']);
          assert.deepEqual(
            report.findings.map((finding) => finding.check),
            CHECKS,
          );
        },
        // Of each renewal that failed.
        { complaint: /a renewal failed: / },
      ),
    ),

    t.test('of one that never looks again everything but the way in is wrong', async () => {
      const site = await careless('forgetful-bet', () => true);
      const { code, report } = await tried(site);
      assert.deepEqual([wrong(report), code], [CHECKS.slice(1), 1]);
    }),

    t.test('of one that loses its players when a renewal fails, that is told', async () => {
      const site = await careless('hasty-bet', async (player, operator) => {
        if (Date.now() < (player.exp - 10) * 1000) return (await operator.introspect(player.tokens.access_token)).active;
        try {
          player.tokens = await operator.renew(player.tokens.refresh_token);
          player.exp = (await operator.verify(player.tokens.access_token)).exp;
          return true;
        } catch {
          return false;
        }
      });
      const { report } = await tried(site);
      assert.deepEqual(
        wrong(report),
        ['answer_lost', 'register_down', 'signed_out'].map((name) => `session.${name}`),
      );
    }),
  ]);
});

/** A site that lets its players in as it should and asks `stands` of them later; who does not is forgotten, and no token is given back. */
async function careless(id, stands) {
  const port = await freePort();
  const site = `http://localhost:${port}`;
  const operator = await newOperator(origin, id, { redirectUri: `${site}/callback` });
  const [visits, players] = [new Map(), new Map()];
  const server = createServer(async (request, answer) => {
    const url = new URL(request.url, site);
    const name = /player=([\w-]+)/.exec(request.headers.cookie ?? '')?.[1];
    if (url.pathname === '/play') {
      const { address, visit } = await operator.begin();
      visits.set(visit.state, visit);
      answer.writeHead(303, { location: address.href }).end();
    } else if (url.pathname === '/callback') {
      const tokens = await operator.finish(url, visits.get(url.searchParams.get('state'))).catch(() => undefined);
      const player = randomUUID();
      if (tokens) players.set(player, { tokens, exp: (await operator.verify(tokens.access_token)).exp });
      answer.writeHead(200, { 'set-cookie': `player=${player}` }).end(tokens ? 'You are in' : 'You are out');
    } else if (url.pathname === '/sign-out') {
      players.delete(name);
      answer.end('You are out');
    } else {
      if (players.has(name) && !(await stands(players.get(name), operator))) players.delete(name);
      answer.end(players.has(name) ? 'You are in' : 'You are out');
    }
  });
  await new Promise((listening) => server.listen(port, 'localhost', listening));
  after(() => server.close());
  return site;
}
