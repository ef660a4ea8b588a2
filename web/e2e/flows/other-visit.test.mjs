import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lookInEachLanguage } from '../harness/look.mjs';
import { withPlayer } from '../harness/player.mjs';
import { refusal } from '../harness/watch.mjs';

test('a tab of an earlier visit does nothing for the one that has begun since, and leads on to it', () =>
  withPlayer({ expected: [refusal(409)] }, async (player) => {
    const { page, origin } = player;
    await player.play();
    // Another tab of the same browser is sent here, by this operator or another.
    const other = await page.context().newPage();
    await other.goto(new URL('/sandbox/', origin).href);
    await other.getByTestId('play').click();
    await other.getByTestId('page-consent').waitFor();

    await player.part('consent-accept').check();
    await player.part('consent-continue').click();
    await player.onPage('other_visit');
    await lookInEachLanguage(page, 'other-visit');
    const view = await other.evaluate(async () => (await fetch('/api/player/verification')).json());
    assert.equal(view.stage, 'consent', 'the consent of the first tab is none for the second');

    await player.part('go-on').click();
    await player.onPage('consent');
    await player.consent();
    await player.onPage('identify');
  }));
