import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lookInEachLanguage } from '../harness/look.mjs';
import { addPerson } from '../harness/people.mjs';
import { withPlayer } from '../harness/player.mjs';
import { totpCode, wrongTotpCode } from '../harness/totp.mjs';
import { refusal } from '../harness/watch.mjs';

const LOCK_SECONDS = 30;

test('three wrong codes lock the second step with a countdown; afterwards the right code works', () =>
  withPlayer({ face: 'astronaut', expected: [refusal(422), refusal(429)] }, async (player) => {
    const { page, origin } = player;
    const iin = await addPerson(origin, { face: 'astronaut', birthDate: '1992-03-04' });
    await player.comeToSecondFactor(iin);
    await player.part('enrol-totp').click();
    const secret = await player.part('totp-secret').getAttribute('data-secret');
    await player.part('totp-code').fill(totpCode(secret));
    await player.part('totp-continue').click();
    await player.onPage('recovery_codes');
    await player.saveRecoveryCodes();

    await player.comeToSecondFactor(iin);
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      await player.part('totp-code').fill(wrongTotpCode(secret));
      await player.part('prove-continue').click();
      if (attempt < 3) await page.locator('[data-testid=code-error][data-code=code_wrong]').waitFor();
    }
    await player.part('locked').waitFor();
    assert.ok((await secondsLeft(player)) > LOCK_SECONDS - 5);
    await lookInEachLanguage(page, 'locked');
    await page.reload();
    await player.part('locked').waitFor();
    const left = await secondsLeft(player);
    assert.ok(left > 10 && left <= LOCK_SECONDS, 'a reload neither lifts the lock nor starts it anew');
    await player
      .part('locked-countdown')
      .filter({ hasNotText: clock(left) })
      .waitFor();

    await player.part('totp-code').waitFor({ timeout: (LOCK_SECONDS + 5) * 1000 });
    await player.part('totp-code').fill(totpCode(secret));
    await player.part('prove-continue').click();
    assert.equal(await player.outcome(), 'approved');
  }));

const clock = (seconds) => `0:${String(seconds).padStart(2, '0')}`;

async function secondsLeft(player) {
  const [minutes, seconds] = (await player.part('locked-countdown').textContent()).split(':').map(Number);
  return minutes * 60 + seconds;
}
