import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addAuthenticator } from '../harness/authenticator.mjs';
import { lookInEachLanguage } from '../harness/look.mjs';
import { assertSpoken } from '../harness/language.mjs';
import { withPlayer } from '../harness/player.mjs';

test('a player under 21 is refused and told so; the operator learns only no', () =>
  withPlayer({ face: 'astronaut' }, async (player) => {
    const { page, origin } = player;
    await addAuthenticator(page);
    await page.goto(new URL('/sandbox/', origin).href);
    const iin = await page.locator('[data-note=demo_under_21]').getAttribute('data-iin');
    await player.comeToSecondFactor(iin, 'kk');
    await player.makePasskey();
    await player.saveRecoveryCodes();
    assert.equal(await player.outcome(), 'refused');
    const spoken = assertSpoken();
    await lookInEachLanguage(page, 'outcome-under-21', async (locale) => {
      const reason = page.locator('[data-testid=outcome-reason][data-code=under_21]');
      await spoken(reason.getByTestId('reason-text'), locale);
    });
    assert.deepEqual(await player.reasons(), ['under_21']);
    await player.operatorLearnsOnlyNo();
    await lookInEachLanguage(page, 'operator-denied');
  }));
