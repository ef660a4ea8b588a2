import assert from 'node:assert/strict';
import { test } from 'node:test';
import { look, lookInEachLanguage } from '../harness/look.mjs';
import { addPerson } from '../harness/people.mjs';
import { withPlayer } from '../harness/player.mjs';

test('a player who declines the consent goes back with a no', () =>
  withPlayer({}, async (player) => {
    await player.play();
    await player.part('consent-continue').click();
    await player.page.locator('#consent-reminder').filter({ hasText: /\S/ }).waitFor();
    await look(player.page, 'consent-reminder');
    await player.part('consent-decline').click();
    assert.equal(await player.outcome(), 'cancelled');
    await lookInEachLanguage(player.page, 'outcome-cancelled');
    await player.operatorLearnsOnlyNo();
  }));

test('a player who stops in the middle is asked once more, and goes back with a no', () =>
  withPlayer({}, async (player) => {
    const iin = await addPerson(player.origin, { face: 'astronaut', birthDate: '1994-05-06' });
    await player.comeToFace(iin, 'kk');
    await player.part('cancel-open').click();
    await look(player.page, 'cancel-dialog');
    await player.part('cancel-stay').click();
    await player.onPage('face');
    await player.part('cancel-open').click();
    await player.part('cancel-confirm').click();
    assert.equal(await player.outcome(), 'cancelled');
    await player.operatorLearnsOnlyNo();
  }));
