import assert from 'node:assert/strict';
import { test } from 'node:test';
import { look, lookInEachLanguage } from '../harness/look.mjs';
import { photoOf } from '../harness/media.mjs';
import { withPlayer } from '../harness/player.mjs';
import { assertToken } from '../harness/token.mjs';
import { nextTotpStep, totpCode, wrongTotpCode } from '../harness/totp.mjs';
import { refusal } from '../harness/watch.mjs';

test('a newcomer adds themselves and passes with an authenticator app; later with its next code, and with a recovery code', () =>
  withPlayer({ face: 'astronaut', expected: [refusal(422)] }, async (player) => {
    const { page } = player;
    const iin = await addYourself(player);

    await player.comeToSecondFactor(iin, 'kk');
    await player.part('enrol-totp').click();
    await player.part('totp-qr').waitFor();
    const secret = await player.part('totp-secret').getAttribute('data-secret');
    assert.match(await player.part('totp-open').getAttribute('href'), new RegExp(`^otpauth://totp/.*secret=${secret}`));
    await assertPictureLoaded(player.part('totp-qr'));
    // No change of language here: a QR code that was scanned already must stay the one on the page.
    await look(page, 'totp-enrol');
    await player.part('totp-code').fill(wrongTotpCode(secret));
    await player.part('totp-continue').click();
    await page.locator('[data-testid=code-error][data-code=code_wrong]').waitFor();
    await look(page, 'totp-enrol-wrong');
    await player.part('totp-code').fill(totpCode(secret));
    await player.part('totp-continue').click();
    await player.onPage('recovery_codes');
    const [recoveryCode] = await player.saveRecoveryCodes();
    assert.equal(await player.outcome(), 'approved');
    assert.equal(await player.returnToOperator(), 'token');
    await assertToken(player, { acr: 'urn:rastau:acr:face+contact+totp' });

    await player.comeToSecondFactor(iin);
    assert.equal(await player.part('prove').getAttribute('data-method'), 'totp');
    await lookInEachLanguage(page, 'prove-totp');
    await player.part('prove-with-recovery_code').click();
    await lookInEachLanguage(page, 'prove-recovery-code');
    await player.part('recovery-input').fill(recoveryCode.toLowerCase());
    await player.part('prove-continue').click();
    assert.equal(await player.outcome(), 'approved');
    assert.equal(await player.returnToOperator(), 'token');

    await player.comeToSecondFactor(iin);
    await player.part('prove-with-recovery_code').click();
    await player.part('recovery-input').fill(recoveryCode);
    await player.part('prove-continue').click();
    await page.locator('[data-testid=code-error][data-code=code_wrong]').waitFor();
    await look(page, 'prove-recovery-code-used');
    await nextTotpStep();
    await player.part('prove-with-totp').click();
    await player.part('totp-code').fill(totpCode(secret));
    await player.part('prove-continue').click();
    assert.equal(await player.outcome(), 'approved');
    assert.equal(await player.returnToOperator(), 'token');
    await assertToken(player, { acr: 'urn:rastau:acr:face+contact+totp' });
  }));

/** By the form of the sandbox's page, with a photo from a file. */
async function addYourself({ page, origin }) {
  const part = (testid) => page.getByTestId(testid);
  await page.goto(new URL('/sandbox/', origin).href);
  await part('add-submit').click();
  await part('add-missing').filter({ hasText: /\S/ }).waitFor();
  await part('add-name').fill('Сынақ Адам');
  await part('add-birth-date').fill('1991-02-03');
  const suggested = await part('add-iin').textContent();
  assert.match(suggested, /^910203\d{6}$/);
  await part('photo-file').setInputFiles(photoOf('astronaut'));
  await assertPictureLoaded(part('photo-preview'));
  await look(page, 'sandbox-add');
  await part('add-submit').click();
  assert.equal(await part('add-done-iin').textContent(), suggested);
  await page.locator(`[data-testid=person][data-iin="${suggested}"][data-note=newcomer]`).waitFor();
  await lookInEachLanguage(page, 'sandbox-added');
  return suggested;
}

async function assertPictureLoaded(image) {
  await image.waitFor();
  assert.ok(await image.evaluate((element) => element.decode().then(() => element.naturalWidth > 100)));
}
