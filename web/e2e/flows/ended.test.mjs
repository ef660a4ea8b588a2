import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertAccessible } from '../harness/accessibility.mjs';
import { launch, PHONE } from '../harness/chromium.mjs';
import { watch } from '../harness/watch.mjs';

test('without a session the player is sent back to the operator, in each language', async () => {
  const browser = await launch();
  try {
    const page = await browser.newPage({ viewport: PHONE, bypassCSP: true });
    const complaints = watch(page);
    await page.goto(new URL('/verify/', process.env.RASTAU_URL).href);
    for (const locale of ['kk', 'ru', 'en']) {
      await page.getByTestId(`locale-${locale}`).click();
      await page.getByTestId('page-ended').waitFor();
      assert.equal(await page.locator('html').getAttribute('lang'), locale);
      await assertAccessible(page, `the ended page, ${locale}`);
    }
    assert.deepEqual(complaints, []);
  } finally {
    await browser.close();
  }
});
