import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lookInEachLanguage } from '../harness/look.mjs';
import { withPlayer } from '../harness/player.mjs';
import { scenario } from '../harness/scenario.mjs';
import { refusal } from '../harness/watch.mjs';

/** Longer than the page waits before it leaves by itself. */
const LONGER_THAN_THE_PAUSE_MS = 6000;

/** The steps of the scenario "approved", up to the page of its outcome. */
async function approved(player) {
  const { page, origin } = player;
  await player.comeToFace(await scenario(origin, 'approved'));
  for (const step of ['face', 'contact', 'second_factor']) {
    await page.locator(`[data-testid=pretend][data-step=${step}]`).waitFor();
    await player.part('pretend-go').click();
  }
  assert.equal(await player.outcome(), 'approved');
}

/** Everything takes `latency` milliseconds longer from now on. */
async function slowLine(page, latency) {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.emulateNetworkConditions', { offline: false, latency, downloadThroughput: -1, uploadThroughput: -1 });
}

/** Where the browser asks for the way back, each time. */
function waysBack(page) {
  const asked = [];
  page.on('request', (request) => {
    if (new URL(request.url()).pathname === '/api/player/return') asked.push(request.url());
  });
  return asked;
}

/** What the operator learnt when the browser has come to rest. */
async function status(player) {
  await player.part('session').waitFor();
  return player.part('session').getAttribute('data-status');
}

test('on a slow line the button and the page itself do not both leave, and the approval arrives', () =>
  withPlayer({ face: null }, async (player) => {
    const { page } = player;
    const asked = waysBack(page);
    await approved(player);
    await slowLine(page, 2500);
    await page.waitForTimeout(1800);
    await player.part('return').click();
    assert.equal(await status(player), 'token');
    await page.waitForTimeout(LONGER_THAN_THE_PAUSE_MS);
    assert.equal(asked.length, 1);
    assert.equal(await status(player), 'token');
  }));

test('a double click on a slow line leaves once', () =>
  withPlayer({ face: null }, async (player) => {
    const { page } = player;
    const asked = waysBack(page);
    await approved(player);
    await slowLine(page, 1500);
    await player.part('return').dblclick();
    assert.equal(await status(player), 'token');
    assert.equal(asked.length, 1);
  }));

test('an answer that was lost is asked for again, and the approval arrives', () =>
  withPlayer({ face: null, expected: [/ERR_FAILED|net::ERR/] }, async (player) => {
    const { page, origin } = player;
    await approved(player);
    const link = await player.part('return').getAttribute('href');
    // The service answers with a code, and the browser never hears of it.
    const lost = await page.context().request.get(link, { maxRedirects: 0 });
    assert.equal(lost.status(), 303);
    assert.ok(new URL(lost.headers().location).searchParams.get('code'));
    await page.goto(new URL('/verify/', origin).href);
    await player.onPage('decided');
    assert.equal(await player.part('outcome').getAttribute('data-returned'), 'true');
    await lookInEachLanguage(page, 'outcome-returned');
    await page.waitForTimeout(LONGER_THAN_THE_PAUSE_MS);
    await player.onPage('decided');
    assert.equal(await player.returnToOperator(), 'token');
  }));

test('who comes back with the back button has returned already, and is not told of as denied', () =>
  withPlayer({ face: null, expected: [refusal(404)] }, async (player) => {
    const { page, origin } = player;
    await approved(player);
    assert.equal(await player.returnToOperator(), 'token');
    await page.goBack();
    await player.onPage('decided');
    await page.locator('[data-testid=outcome][data-returned=true]').waitFor();
    await page.waitForTimeout(LONGER_THAN_THE_PAUSE_MS);
    await player.onPage('decided');
    // The operator used its answer: the button leads to its site, and so does the old link to our page.
    assert.equal(await player.part('return').getAttribute('href'), new URL('/', origin).href);
    const visit = await page.evaluate(() => fetch('/api/player/verification').then((answer) => answer.json()));
    await page.goto(new URL(`/api/player/return?visit=${visit.visit}`, origin).href);
    await player.onPage('decided');
    assert.equal(new URL(page.url()).pathname, '/verify/');
  }));
