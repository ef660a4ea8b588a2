import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertSpoken } from '../harness/language.mjs';
import { chooseLocale, look, lookInEachLanguage } from '../harness/look.mjs';
import { addPerson } from '../harness/people.mjs';
import { withPlayer } from '../harness/player.mjs';

const ATTEMPTS = 3;

test("somebody else's face gets three attempts, each told why it failed, and is refused", () =>
  withPlayer({ face: 'colleague' }, async (player) => {
    const { page, origin } = player;
    const iin = await addPerson(origin, { face: 'astronaut', birthDate: '1990-01-01' });
    await player.comeToFace(iin);
    const spoken = assertSpoken();
    for (let left = ATTEMPTS - 1; left > 0; left -= 1) {
      const locale = ['ru', 'en', 'kk'][left % 3];
      await chooseLocale(page, locale);
      assert.equal(await player.showFace(), 'retry');
      assert.equal(await player.part('face-retry').getAttribute('data-code'), 'capture_retry');
      if (left > 1) await spoken(player.part('face-retry'), locale);
      assert.match(await player.part('face-attempts').textContent(), new RegExp(`\\b${left}$`));
      await look(page, `face-retry-mismatch.${locale}`);
    }
    assert.equal(await player.showFace(), 'decided');
    assert.equal(await player.outcome(), 'refused');
    assert.deepEqual(await player.reasons(), ['face_mismatch']);
    const told = assertSpoken();
    await lookInEachLanguage(page, 'outcome-face-mismatch', (locale) => told(player.part('reason-text'), locale));
    await player.operatorLearnsOnlyNo();
  }));
