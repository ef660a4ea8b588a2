import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addAuthenticator } from '../harness/authenticator.mjs';
import { PHONE } from '../harness/chromium.mjs';
import { look, lookInEachLanguage, picture } from '../harness/look.mjs';
import { addPerson } from '../harness/people.mjs';
import { withPlayer } from '../harness/player.mjs';
import { totpCode } from '../harness/totp.mjs';

const LANDSCAPE = { width: 844, height: 390 };

test('a person names their passkey, adds an app, removes the passkey that they no longer use, and never the last way', () =>
  withPlayer({ face: 'astronaut' }, async (player) => {
    const { page, origin } = player;
    await addAuthenticator(page);
    const iin = await addPerson(origin, { face: 'astronaut', birthDate: '1983-02-07' });
    await player.comeToSecondFactor(iin, 'ru');
    await player.makePasskey();
    const codes = await player.saveRecoveryCodes();
    assert.equal(await player.outcome(), 'approved');

    await player.part('factors-open').click();
    await player.part('factor').waitFor();
    assert.equal(await player.part('factor-last').count(), 1, 'the last one stays');
    assert.equal(await player.part('factor-remove').count(), 0);
    await lookInEachLanguage(page, 'own-factors');
    await page.setViewportSize(LANDSCAPE);
    await picture(page, 'own-factors.landscape');
    await page.setViewportSize(PHONE);

    // Markup is a name like any other.
    await player.part('factor-rename').click();
    await player.part('factor-new-name').fill('<img src=x onerror=alert(1)>');
    await lookInEachLanguage(page, 'own-factors-rename');
    await player.part('factor-keep').click();
    await player.part('factor-name').getByText('<img src=x onerror=alert(1)>').waitFor();
    assert.equal(await page.locator('img[src=x]').count(), 0);
    await player.part('factor-rename').click();
    await player.part('factor-new-name').fill('Мой телефон');
    await player.part('factor-keep').click();
    await player.part('factor-name').getByText('Мой телефон').waitFor();

    // An app beside it, with the passkey shown for it.
    await player.part('add-totp').click();
    await lookInEachLanguage(page, 'own-factors-add');
    await player.part('confirm-passkey').click();
    const secret = await player.part('totp-secret').getAttribute('data-secret');
    await look(page, 'own-factors-app');
    await player.part('totp-code').fill(totpCode(secret));
    await player.part('totp-continue').click();
    await page.locator('[data-testid=factor][data-kind=totp]').waitFor();
    assert.equal(await player.part('add-totp').count(), 0, 'there is one app');

    // New recovery codes, with an old one shown for them.
    await player.part('add-recovery_code').click();
    await player.part('confirm-with-recovery_code').click();
    await player.part('confirm-code').fill(codes[2]);
    await player.part('confirm-submit').click();
    await player.part('recovery').waitFor();
    const renewed = await player.part('recovery-code').allTextContents();
    assert.equal(renewed.filter((code) => codes.includes(code)).length, 0);
    await player.part('recovery-saved').check();
    await player.part('recovery-continue').click();
    assert.match(await player.part('codes-left').textContent(), /10/);

    // The passkey goes, confirmed by a new code.
    const card = page.locator('[data-testid=factor][data-kind=passkey]');
    await card.getByTestId('factor-remove').click();
    await player.part('remove-factor').waitFor();
    await lookInEachLanguage(page, 'own-factors-remove');
    await player.part('remove-back').click();
    await card.getByTestId('factor-remove').click();
    await player.part('confirm-with-recovery_code').click();
    await player.part('confirm-code').fill(renewed[0]);
    await player.part('confirm-submit').click();
    await card.waitFor({ state: 'detached' });
    await page.locator('[data-testid=factor][data-kind=totp]').waitFor();
    assert.equal(await player.part('factor').count(), 1);
    await player.part('factors-back').click();
    assert.equal(await player.outcome(), 'approved', 'this visit goes on');
    assert.equal(await player.returnToOperator(), 'token');

    // At the next visit the app is what is asked for.
    await player.comeToSecondFactor(iin);
    assert.equal(await player.part('prove-passkey').count(), 0);
  }));
