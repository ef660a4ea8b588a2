import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addAuthenticator } from '../harness/authenticator.mjs';
import { look, lookInEachLanguage } from '../harness/look.mjs';
import { later, ownSandbox } from '../harness/moved-clock.mjs';
import { addPerson, notices } from '../harness/people.mjs';
import { withPlayer } from '../harness/player.mjs';

const MINUTE_S = 60;
const DAY_S = 24 * 60 * MINUTE_S;

const service = await ownSandbox('take-back');

/** A code to the contact at this place, typed where the page asks for it. */
async function typeCodeOf(player, iin, place) {
  if (place !== null) await player.part(`contact-${place}`).check();
  await player.part('contact-send').click();
  await player.part('contact-code').waitFor();
  await player.part('contact-code').fill((await notices(service.origin, iin))[0].code);
  await player.part('contact-continue').click();
}

async function recover(player, iin) {
  await player.comeToFace(iin);
  assert.equal(await player.passFace(), 'second_factor');
  await player.part('lost-open').click();
  await player.part('recover-open').click();
  await typeCodeOf(player, iin, 1);
}

test('what a stranger declared at a first visit is taken back with a code of the contact that they did not have', () =>
  withPlayer({ face: 'astronaut', origin: service.origin }, async (player) => {
    const { page, origin } = player;
    await addAuthenticator(page);
    const iin = await addPerson(origin, { face: 'astronaut', birthDate: '1986-06-03', contact: 'both' });
    // The stranger has the SIM.
    await player.comeToSecondFactor(iin);
    await player.makePasskey();
    await player.saveRecoveryCodes();
    assert.equal(await player.outcome(), 'approved');
    await player.part('self-open').click();
    await player.part('term-12').getByRole('radio').check();
    await player.part('self-understood').check();
    await player.part('confirm-passkey').click();
    await page.locator('[data-testid=outcome][data-result=refused]').waitFor();
    assert.equal(await player.part('take-back-open').count(), 0, 'who declared it does not take it back');

    // The person has the mail.
    await later(page, service, 2 * MINUTE_S);
    await recover(player, iin);
    assert.deepEqual((await player.outcome()) && (await player.reasons()), ['recovery_held']);
    await later(page, service, DAY_S + MINUTE_S);
    await recover(player, iin);
    await player.part('enrol').waitFor();
    await player.makePasskey();
    await player.saveRecoveryCodes();
    assert.deepEqual((await player.outcome()) && (await player.reasons()), ['restricted_self']);
    await later(page, service, 2 * MINUTE_S);
    await player.part('take-back-open').click();
    await player.part('contact-send').waitFor();
    assert.equal(await player.part('contact-masked').count(), 1, 'the mail alone');
    await lookInEachLanguage(page, 'take-back');
    await player.part('take-back-back').click();
    await player.part('take-back-open').click();
    await typeCodeOf(player, iin, null);
    await player.part('outcome').waitFor();
    assert.equal(await player.part('take-back-open').count(), 0);
    await look(page, 'outcome-taken-back');
    assert.equal((await notices(origin, iin))[0].kind, 'self_restriction_taken_back');

    await later(page, service, 2 * MINUTE_S);
    await player.comeToSecondFactor(iin);
    await player.part('prove-passkey').click();
    assert.equal(await player.outcome(), 'approved');
  }));
