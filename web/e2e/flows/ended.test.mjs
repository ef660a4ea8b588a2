import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lookInEachLanguage } from '../harness/look.mjs';
import { withPlayer } from '../harness/player.mjs';
import { refusal } from '../harness/watch.mjs';

const expected = [refusal(401)];

test('without a session, or with an unknown one, the player is sent back to the operator', () =>
  withPlayer({ expected }, async (player) => {
    const { page, origin } = player;
    await page.goto(new URL('/verify/', origin).href);
    await player.onPage('ended');
    await lookInEachLanguage(page, 'ended');
    await page.context().addCookies([{ name: 'rastau_session', value: 'made-up', url: origin }]);
    await page.reload();
    await player.onPage('ended');
  }));

test('a session that runs out under the page is told at the next step', () =>
  withPlayer({ expected }, async (player) => {
    await player.play();
    // The browser drops the cookie when the verification's time is over.
    await player.page.context().clearCookies();
    await player.part('consent-accept').check();
    await player.part('consent-continue').click();
    await player.onPage('ended');
  }));

test('a link of the operator that is unknown or was used already leads to a page, not to raw data', () =>
  withPlayer({ expected }, async (player) => {
    const { page, origin } = player;
    const link = (uri) => new URL(`/oauth2/authorize?client_id=demo-bet&request_uri=${encodeURIComponent(uri)}`, origin).href;
    await page.goto(link('urn:ietf:params:oauth:request_uri:unknown'));
    await player.onPage('ended');

    const used = page.waitForRequest((request) => request.url().includes('/oauth2/authorize'));
    await player.play();
    await player.consent();
    // Back and forward in the browser: the same link again, and the verification goes on where it was.
    await page.goto((await used).url());
    await player.onPage('identify');
    await page.context().clearCookies();
    await page.goto((await used).url());
    await player.onPage('ended');
    await page.goto(new URL('/api/player/return', origin).href);
    await player.onPage('ended');
  }));

test('going back to the operator twice leads to a page, not to raw data', () =>
  withPlayer({ expected: [refusal(404)] }, async (player) => {
    const { page } = player;
    await player.play();
    await player.part('consent-decline').click();
    await player.outcome();
    await player.operatorLearnsOnlyNo();
    await page.goBack();
    await player.onPage('decided');
    await player.part('return').click();
    await page.getByTestId('start-again').waitFor();
    assert.equal(new URL(page.url()).pathname, '/sandbox/');
  }));
