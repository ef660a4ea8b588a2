import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertSpoken } from '../harness/language.mjs';
import { lookInEachLanguage } from '../harness/look.mjs';
import { addPerson } from '../harness/people.mjs';
import { withPlayer } from '../harness/player.mjs';

const CAPTURE_MS = 90_000;

test('a camera that shows no face gets hints, its time runs out, and the player is told what was in the way', () =>
  withPlayer({}, async (player) => {
    const { page, origin } = player;
    const iin = await addPerson(origin, { face: 'astronaut', birthDate: '1990-01-01' });
    await player.comeToFace(iin, 'en');
    await player.part('face-start').click();
    await page.locator('[data-testid=face-hint][data-code=no_face]').waitFor();
    const hinted = assertSpoken();
    await lookInEachLanguage(page, 'face-no-face', (locale) => hinted(player.part('face-hint'), locale));
    assert.equal(await player.part('face-progress').getAttribute('value'), '0');
    assert.equal(await player.faceEnds(CAPTURE_MS + 15_000), 'retry');
    assert.equal(await player.part('face-retry').getAttribute('data-code'), 'capture_timeout');
    assert.equal(await player.part('face-obstacle').getAttribute('data-code'), 'no_face');
    await lookInEachLanguage(page, 'face-retry-timeout');
  }));
