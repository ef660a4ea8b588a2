import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addAuthenticator } from '../harness/authenticator.mjs';
import { lookInEachLanguage } from '../harness/look.mjs';
import { later, ownSandbox } from '../harness/moved-clock.mjs';
import { addPerson, notices } from '../harness/people.mjs';
import { withPlayer } from '../harness/player.mjs';

const MINUTE_S = 60;

const service = await ownSandbox('recovery-stopped');

test('whoever finds their way shows it, and nothing is replaced', () =>
  withPlayer({ face: 'astronaut', origin: service.origin }, async (player) => {
    const { page, origin } = player;
    await addAuthenticator(page);
    const iin = await addPerson(origin, { face: 'astronaut', birthDate: '1985-04-02' });
    await player.comeToSecondFactor(iin);
    await player.makePasskey();
    await player.saveRecoveryCodes();
    await later(page, service, 2 * MINUTE_S);
    await player.comeToFace(iin);
    await player.passFace();
    await player.part('lost-open').click();
    await player.part('recover-open').click();
    await player.part('contact-send').click();
    await player.part('contact-code').waitFor();
    await player.part('contact-code').fill((await notices(origin, iin))[0].code);
    await player.part('contact-continue').click();
    assert.equal(await player.outcome(), 'refused');

    await later(page, service, 2 * MINUTE_S);
    await player.comeToFace(iin);
    await player.passFace();
    await player.part('prove-recovery').waitFor();
    await player.part('prove-passkey').click();
    assert.equal(await player.outcome(), 'approved');
    assert.equal((await notices(origin, iin))[0].kind, 'recovery_cancelled');

    await player.comeToFace(iin);
    await player.passFace();
    await player.part('lost-open').click();
    await player.part('recovery-closed').waitFor();
    assert.equal(await player.part('recover-open').count(), 0);
    await lookInEachLanguage(page, 'lost-closed');
  }));
