import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addAuthenticator } from '../harness/authenticator.mjs';
import { lookInEachLanguage } from '../harness/look.mjs';
import { addPerson } from '../harness/people.mjs';
import { withPlayer } from '../harness/player.mjs';

test('who has shown who they are restricts themselves, confirms with the passkey, and may not play from then on', () =>
  withPlayer({ face: 'astronaut' }, async (player) => {
    const { page, origin } = player;
    await addAuthenticator(page);
    const iin = await addPerson(origin, { face: 'astronaut', birthDate: '1984-05-06' });
    await player.comeToSecondFactor(iin, 'kk');
    await player.makePasskey();
    await player.saveRecoveryCodes();
    assert.equal(await player.outcome(), 'approved');

    // Nobody is taken back to the operator who has turned to this.
    await player.part('self-open').click();
    await page.waitForTimeout(5_000);
    await lookInEachLanguage(page, 'self-restrict');
    await player.part('term-other').selectOption('18');
    assert.match(await player.part('self-summary').textContent(), /18 ай/);
    await player.part('term-12').getByRole('radio').check();
    assert.match(await player.part('self-summary').textContent(), /1 жыл/);
    assert.equal(await player.part('confirm').count(), 0, 'nothing is confirmed that was not understood');
    await player.part('self-understood').check();
    await lookInEachLanguage(page, 'self-restrict-confirm');
    await player.part('confirm-with-recovery_code').click();
    await player.part('confirm-with-passkey').click();
    await player.part('confirm-passkey').click();
    await page.locator('[data-testid=outcome][data-result=refused]').waitFor();
    assert.deepEqual(await player.reasons(), ['restricted_self']);
    await lookInEachLanguage(page, 'outcome-restricted-self');

    // Longer is possible, shorter is not offered.
    await player.part('self-open').click();
    await player.part('self-standing').waitFor();
    assert.equal((await player.part('term-6').count()) + (await player.part('term-12').count()), 0);
    await player.part('self-back').click();

    await player.part('asked-open').click();
    assert.equal(await player.part('enquiry').first().getAttribute('data-purpose'), 'play');
    await lookInEachLanguage(page, 'enquiries');
    assert.equal(await player.part('enquiry').count(), 1);
    await player.part('enquiries-back').click();

    await player.part('contest-open').click();
    await player.part('contest-statement').fill('Мен емес едім.');
    await lookInEachLanguage(page, 'contest');
    await player.part('contest-send').click();
    await player.part('contest-opened').waitFor();
    await player.operatorLearnsOnlyNo();

    await player.comeToSecondFactor(iin);
    await player.part('prove-passkey').click();
    assert.equal(await player.outcome(), 'refused');
    assert.deepEqual(await player.reasons(), ['restricted_self']);
  }));
