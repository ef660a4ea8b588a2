import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertSpoken } from '../harness/language.mjs';
import { chooseLocale, look } from '../harness/look.mjs';
import { freeIin } from '../harness/people.mjs';
import { withPlayer } from '../harness/player.mjs';
import { refusal } from '../harness/watch.mjs';

test('each thing that can be wrong with an IIN is told beside the field, in each language, and that nobody has it is not', () =>
  withPlayer({ expected: [refusal(422)] }, async (player) => {
    const { page, origin } = player;
    const unknown = await freeIin(origin);
    const wrong = {
      incomplete: '90010130001',
      iin_century: `${unknown.slice(0, 6)}9${unknown.slice(7)}`,
      iin_date: `901301${unknown.slice(6)}`,
      iin_control_digit: unknown.slice(0, 11) + ((Number(unknown[11]) + 1) % 10),
    };
    await player.play();
    await player.consent();
    for (const [code, iin] of Object.entries(wrong)) {
      const spoken = assertSpoken();
      for (const locale of ['ru', 'en', 'kk']) {
        await chooseLocale(page, locale);
        await player.enterIin(iin);
        const error = page.locator(`[data-testid=iin-error][data-code=${code}]`);
        await error.waitFor();
        await spoken(error, locale);
        assert.equal(await player.part('iin-input').getAttribute('aria-invalid'), 'true');
        assert.equal(await player.part('iin-input').inputValue(), iin, 'what was typed stays to be corrected');
      }
      await look(page, `iin-${code}`);
    }
    // The page lets nothing but digits through, so this one only a script can send.
    const answer = await page.evaluate(async () => {
      const body = JSON.stringify({ iin: '９00101300017' });
      const { visit } = await (await fetch('/api/player/verification')).json();
      const headers = { 'Content-Type': 'application/json', 'Accept-Language': 'en', 'Rastau-Visit': visit };
      return (await fetch('/api/player/identify', { method: 'POST', headers, body })).json();
    });
    assert.equal(answer.code, 'iin_malformed');
    // A stranger must not learn which numbers are somebody's.
    await player.enterIin(unknown);
    await player.part('face').waitFor();
  }));
