import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addAuthenticator } from '../harness/authenticator.mjs';
import { look, lookInEachLanguage, picture } from '../harness/look.mjs';
import { withPlayer } from '../harness/player.mjs';
import { assertToken } from '../harness/token.mjs';

test('the whole story with a passkey, ending with a token; the next visit asks for the passkey', () =>
  withPlayer({ face: 'astronaut' }, async (player) => {
    const { page, origin } = player;
    const authenticator = await addAuthenticator(page);
    await page.goto(new URL('/sandbox/', origin).href);
    const person = page.locator('[data-note=demo_approved]').first();
    const iin = await person.getAttribute('data-iin');
    await lookInEachLanguage(page, 'sandbox');

    await player.play();
    await lookInEachLanguage(page, 'consent');
    await player.consent();
    await lookInEachLanguage(page, 'iin');
    await player.identify(iin);
    await lookInEachLanguage(page, 'face-intro');

    await player.part('face-start').click();
    await page.locator('[data-testid=face][data-phase=capturing]').waitFor();
    await picture(page, 'face-live');
    assert.equal(await player.faceEnds(), 'contact');
    await player.part('contact-send').waitFor();
    await lookInEachLanguage(page, 'contact');
    await player.proveContact(iin);
    await lookInEachLanguage(page, 'enrol');

    await player.makePasskey();
    assert.equal((await authenticator.credentials()).length, 1);
    await lookInEachLanguage(page, 'recovery-codes');
    await player.saveRecoveryCodes();
    assert.equal(await player.outcome(), 'approved');
    await look(page, 'outcome-approved');

    assert.equal(await player.returnToOperator(), 'token');
    await lookInEachLanguage(page, 'operator-token');
    await assertToken(player, { acr: 'urn:rastau:acr:face+contact+passkey' });

    await player.comeToSecondFactor(iin);
    assert.equal(await player.part('prove').getAttribute('data-method'), 'passkey');
    await lookInEachLanguage(page, 'prove-passkey');
    await player.part('prove-passkey').click();
    assert.equal(await player.outcome(), 'approved');
    assert.equal((await authenticator.credentials()).length, 1, 'no second passkey was made');
    // Nobody presses the button this time: the page goes back by itself.
    await player.part('session').waitFor();
    await assertToken(player, { acr: 'urn:rastau:acr:face+contact+passkey' });
  }));
