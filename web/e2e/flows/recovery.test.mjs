import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addAuthenticator } from '../harness/authenticator.mjs';
import { look, lookInEachLanguage } from '../harness/look.mjs';
import { later, ownSandbox } from '../harness/moved-clock.mjs';
import { addPerson, notices } from '../harness/people.mjs';
import { withPlayer } from '../harness/player.mjs';

const MINUTE_S = 60;
const DAY_S = 24 * 60 * MINUTE_S;

const service = await ownSandbox('recovery');

/** From the second step to the code field of a recovery. */
async function askForCode(player) {
  await player.part('lost-open').click();
  await player.part('recover-open').click();
  await player.part('contact-send').click();
  await player.part('contact-code').waitFor();
}

async function typeCode(player, iin) {
  await player.part('contact-code').fill((await notices(service.origin, iin))[0].code);
  await player.part('contact-continue').click();
}

test('who lost everything gets a new way by themselves after a day', () =>
  withPlayer({ face: 'astronaut', origin: service.origin }, async (player) => {
    const { page, origin } = player;
    await addAuthenticator(page);
    const iin = await addPerson(origin, { face: 'astronaut', birthDate: '1984-03-01' });
    await player.comeToSecondFactor(iin);
    await player.makePasskey();
    await player.saveRecoveryCodes();
    assert.equal(await player.outcome(), 'approved');
    await later(page, service, 2 * MINUTE_S);

    await player.comeToFace(iin);
    assert.equal(await player.passFace(), 'second_factor');
    await player.part('lost-open').click();
    await player.part('recover-open').waitFor();
    await lookInEachLanguage(page, 'lost-open');
    await player.part('recover-open').click();
    await player.part('recover').waitFor();
    await lookInEachLanguage(page, 'recover-choose');
    // There is a way back from each page.
    await player.part('recover-back').click();
    await player.part('lost-back').click();
    await player.part('prove-passkey').waitFor();
    await askForCode(player);
    await lookInEachLanguage(page, 'recover-type');
    await typeCode(player, iin);
    assert.equal(await player.outcome(), 'refused');
    assert.deepEqual(await player.reasons(), ['recovery_held']);
    await lookInEachLanguage(page, 'outcome-recovery-held');
    assert.deepEqual((await notices(origin, iin)).map((notice) => notice.kind).slice(0, 2), ['recovery_held', 'recovery_code']);

    await later(page, service, 60 * MINUTE_S);
    await player.comeToFace(iin);
    await player.passFace();
    await player.part('prove-recovery').waitFor();
    await lookInEachLanguage(page, 'prove-recovery');
    await player.part('lost-open').click();
    await player.part('recovery-waits').waitFor();
    assert.equal(await player.part('recover-open').count(), 0);
    await look(page, 'lost-waits');

    await later(page, service, DAY_S);
    await player.comeToFace(iin);
    await player.passFace();
    await player.part('lost-open').click();
    await player.part('recover-open').waitFor();
    await lookInEachLanguage(page, 'lost-due');
    await player.part('lost-back').click();
    await askForCode(player);
    await look(page, 'recover-due-type');
    await typeCode(player, iin);
    await player.part('enrol').waitFor();
    await player.makePasskey();
    await player.saveRecoveryCodes();
    assert.equal(await player.outcome(), 'approved');

    // Its link still removes it.
    const link = (await notices(origin, iin)).find((notice) => notice.links.length > 0).links[0];
    await page.goto(link);
    await player.part('not-me-go').waitFor();
    await lookInEachLanguage(page, 'not-me-recovery');
    await player.part('not-me-go').click();
    await page.locator('[data-testid=not-me][data-phase=ended]').waitFor();
    await lookInEachLanguage(page, 'not-me-recovery-ended');

    await player.comeToFace(iin);
    assert.equal(await player.passFace(), 'contact');
    await player.part('wait-instead').waitFor();
    await lookInEachLanguage(page, 'wait-doubted');
  }));
