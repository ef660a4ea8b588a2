import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addAuthenticator } from '../harness/authenticator.mjs';
import { look } from '../harness/look.mjs';
import { addPerson } from '../harness/people.mjs';
import { withPlayer } from '../harness/player.mjs';

test('a passkey that does not come about may be tried again, when it is made and when it is asked for', () =>
  withPlayer({ face: 'astronaut' }, async (player) => {
    const { page, origin } = player;
    const iin = await addPerson(origin, { face: 'astronaut', birthDate: '1990-01-01' });
    const authenticator = await addAuthenticator(page);
    await authenticator.setUserVerified(false);
    await player.comeToSecondFactor(iin);
    await player.part('enrol-passkey').click();
    await page.locator('[data-testid=passkey-failure][data-code=dismissed]').waitFor();
    await look(page, 'enrol-dismissed');
    await authenticator.setUserVerified(true);
    await player.makePasskey();
    await player.saveRecoveryCodes();
    assert.equal(await player.outcome(), 'approved');

    await authenticator.setUserVerified(false);
    await player.comeToSecondFactor(iin);
    await player.part('prove-passkey').click();
    await page.locator('[data-testid=passkey-failure][data-code=dismissed]').waitFor();
    await look(page, 'prove-passkey-dismissed');
    await authenticator.setUserVerified(true);
    await player.part('prove-passkey').click();
    assert.equal(await player.outcome(), 'approved');
  }));
