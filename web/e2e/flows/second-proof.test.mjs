import assert from 'node:assert/strict';
import { test } from 'node:test';
import { look, lookInEachLanguage } from '../harness/look.mjs';
import { addPerson, notices } from '../harness/people.mjs';
import { withPlayer } from '../harness/player.mjs';
import { totpCode } from '../harness/totp.mjs';
import { refusal } from '../harness/watch.mjs';

const LANDSCAPE = { width: 740, height: 360 };

/** Sets up an app and types its first code. */
async function enrolApp(player) {
  await player.part('enrol-totp').click();
  const secret = await player.part('totp-secret').getAttribute('data-secret');
  await player.part('totp-code').fill(totpCode(secret));
  await player.part('totp-continue').click();
  await player.onPage('recovery_codes');
  await player.saveRecoveryCodes();
}

test('a first visit needs the code of the contact on record: a wrong one, and the page opened anew', () =>
  withPlayer({ face: 'astronaut', expected: [refusal(422)] }, async (player) => {
    const { page, origin } = player;
    const iin = await addPerson(origin, { face: 'astronaut', birthDate: '1990-01-01' });
    await player.comeToFace(iin);
    assert.equal(await player.passFace(), 'contact');
    await player.part('contact-send').click();
    const field = player.part('contact-code');
    await field.waitFor();
    assert.equal(await field.getAttribute('autocomplete'), 'one-time-code');
    assert.equal(await field.getAttribute('inputmode'), 'numeric');
    await lookInEachLanguage(page, 'contact-type');
    await look(page, 'contact-type-wide', { usual: { width: 360, height: 740 }, wide: LANDSCAPE, called: 'landscape' });
    const { code, masked } = (await notices(origin, iin))[0];
    assert.ok((await player.part('contact-sent').textContent()).includes(masked));
    assert.ok(await player.part('contact-again').isDisabled(), 'the next code waits');
    await field.fill(String((Number(code) + 1) % 1_000_000).padStart(6, '0'));
    await player.part('contact-continue').click();
    await page.locator('[data-testid=code-error][data-code=code_wrong]').waitFor();
    await look(page, 'contact-wrong');

    // The page that was closed and opened again goes on where it was.
    await page.reload();
    await field.waitFor();
    await field.fill(code);
    await player.part('contact-continue').click();
    await player.onPage('second_factor');
    await enrolApp(player);
    assert.equal(await player.outcome(), 'approved');
    assert.deepEqual(
      (await notices(origin, iin)).map((notice) => notice.kind),
      ['factor_added', 'enrolment_code'],
    );
  }));

test('without access to the contact the second step waits; its link removes it', () =>
  withPlayer({ face: 'astronaut', expected: [refusal(404)] }, async (player) => {
    const { page, origin } = player;
    const iin = await addPerson(origin, { face: 'astronaut', birthDate: '1990-01-01' });
    await player.comeToFace(iin);
    assert.equal(await player.passFace(), 'contact');
    await player.part('contact-without').click();
    await lookInEachLanguage(page, 'wait-instead');
    await player.part('wait-go').click();
    await player.onPage('second_factor');
    await enrolApp(player);
    assert.equal(await player.outcome(), 'refused');
    assert.deepEqual(await player.reasons(), ['enrolment_held']);
    await lookInEachLanguage(page, 'outcome-held');
    await player.operatorLearnsOnlyNo();

    await player.comeToFace(iin);
    assert.equal(await player.passFace(), 'contact');
    await player.part('pending').waitFor();
    await lookInEachLanguage(page, 'contact-pending');
    await player.part('pending-wait').click();
    assert.equal(await player.outcome(), 'refused');

    const link = (await notices(origin, iin)).find((notice) => notice.links.length > 0).links[0];
    await page.goto(link);
    await player.part('not-me-go').waitFor();
    await lookInEachLanguage(page, 'not-me');
    await player.part('not-me-go').click();
    await page.locator('[data-testid=not-me][data-phase=ended]').waitFor();
    await lookInEachLanguage(page, 'not-me-ended');
    await page.goto('about:blank');
    await page.goto(link);
    await page.locator('[data-testid=not-me][data-phase=gone]').waitFor();
    await look(page, 'not-me-gone');
  }));

test('whoever has no contact on record waits', () =>
  withPlayer({ face: 'astronaut' }, async (player) => {
    const iin = await addPerson(player.origin, { face: 'astronaut', birthDate: '1990-01-01', contact: 'none' });
    await player.comeToFace(iin, 'en');
    assert.equal(await player.passFace(), 'contact');
    await player.part('wait-instead').waitFor();
    assert.equal(await player.part('wait-back').count(), 0);
    await look(player.page, 'wait-none');
    await player.part('wait-go').click();
    await player.onPage('second_factor');
  }));
