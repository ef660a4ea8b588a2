import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addAuthenticator } from '../harness/authenticator.mjs';
import { assertSpoken } from '../harness/language.mjs';
import { lookInEachLanguage } from '../harness/look.mjs';
import { withPlayer } from '../harness/player.mjs';

const GROUNDS = ['restricted_debtor', 'restricted_self'];

test('a restricted player is told every ground with its basis, source and end; the operator learns only no', () =>
  withPlayer({ face: 'astronaut' }, async (player) => {
    const { page, origin } = player;
    await addAuthenticator(page);
    await page.goto(new URL('/sandbox/', origin).href);
    const iin = await page.locator('[data-note=demo_restricted]').getAttribute('data-iin');
    await player.comeToSecondFactor(iin, 'en');
    await player.makePasskey();
    await player.saveRecoveryCodes();
    assert.equal(await player.outcome(), 'refused');
    assert.deepEqual((await player.reasons()).sort(), GROUNDS);
    const spoken = Object.fromEntries(GROUNDS.map((ground) => [ground, assertSpoken()]));
    await lookInEachLanguage(page, 'outcome-restricted', async (locale) => {
      for (const ground of GROUNDS) {
        const reason = page.locator(`[data-testid=outcome-reason][data-code=${ground}]`);
        await spoken[ground](reason.getByTestId('reason-text'), locale);
        assert.match(await reason.getByTestId('reason-until').textContent(), /20\d\d/);
        assert.match(await reason.getByTestId('reason-legal-basis').textContent(), /\S/);
        assert.match(await reason.getByTestId('reason-source').textContent(), /\S/);
      }
    });
    await player.operatorLearnsOnlyNo();

    // The second visit is asked for the passkey that was made, and is refused as before.
    await player.comeToSecondFactor(iin);
    await player.part('prove-passkey').click();
    assert.equal(await player.outcome(), 'refused');
    assert.deepEqual((await player.reasons()).sort(), GROUNDS);
  }));
