import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { assertSpoken } from '../harness/language.mjs';
import { chooseLocale, look } from '../harness/look.mjs';
import { withPlayer } from '../harness/player.mjs';
import { freePort, Service } from '../harness/service.mjs';
import { refusal } from '../harness/watch.mjs';

// A sandbox of its own: whoever lists its people must not meet one who comes and goes.
const service = new Service({ data: join(process.env.E2E_SCRATCH, 'newcomer'), port: await freePort() });
await service.start();
after(() => service.stop());

async function fillIn(player, birthDate) {
  await player.page.goto(new URL('/sandbox/', player.origin).href);
  await player.part('add-name').fill('Сынақ Адам');
  await player.part('add-birth-date').fill(birthDate);
  await player.part('add-iin').waitFor();
}

test('a newcomer takes the photo with their own camera, and passes the comparison with it', () =>
  withPlayer({ face: 'astronaut', origin: service.origin }, async (player) => {
    await fillIn(player, '1995-06-07');
    await player.part('photo-open').click();
    await player.page.waitForFunction(() => document.querySelector('[data-testid=photo-video]')?.videoWidth > 0);
    await look(player.page, 'sandbox-camera');
    await player.part('photo-take').click();
    await player.part('photo-preview').waitFor();
    await player.part('add-submit').click();
    const iin = await player.part('add-done-iin').textContent();
    // Who has just added themselves need not copy anything.
    await player.part('add-play').click();
    await player.onPage('consent');
    await player.consent();
    assert.equal(await player.part('iin-input').inputValue(), iin);
    await player.comeToSecondFactor(iin);
    await player.page.goto(new URL('/sandbox/', player.origin).href);
    const card = player.page.locator(`[data-testid=person][data-iin="${iin}"]`);
    // The photo is loaded when it comes into view: it must not be asked for after it is gone.
    await card.scrollIntoViewIfNeeded();
    await card.locator('img').evaluate((photo) => photo.decode());
    await card.locator('[data-testid=person-remove]').click();
    await card.waitFor({ state: 'detached' });
  }));

test('a photo that cannot serve is refused in the language of the page, and another one may be chosen', () =>
  withPlayer({ face: null, origin: service.origin, expected: [refusal(422)] }, async (player) => {
    const { page } = player;
    await fillIn(player, '1996-07-08');
    await player.part('photo-open').click();
    await page.locator('[data-testid=photo-trouble]').waitFor();
    const unreadable = Buffer.from('no picture');
    await player.part('photo-file').setInputFiles({ name: 'photo.jpg', mimeType: 'image/jpeg', buffer: unreadable });
    await page.locator('[data-testid=photo-trouble]').waitFor();
    await look(page, 'sandbox-photo-unreadable');
    const withoutFace = await player.part('sandbox-home').screenshot();
    await player.part('photo-file').setInputFiles({ name: 'page.png', mimeType: 'image/png', buffer: withoutFace });
    const spoken = assertSpoken();
    for (const locale of ['ru', 'en', 'kk']) {
      await chooseLocale(page, locale);
      await player.part('add-submit').click();
      const problem = page.locator('[data-testid=problem][data-code=no_face]');
      await spoken(problem, locale);
    }
    await look(page, 'sandbox-photo-without-face');
    const iin = await player.part('add-iin').textContent();
    await page.reload();
    await player.part('people').waitFor();
    assert.equal(await page.locator(`[data-testid=person][data-iin="${iin}"]`).count(), 0, 'nobody was added');
  }));
