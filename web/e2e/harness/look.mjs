import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { assertAccessible, assertContrast, inTheDark } from './accessibility.mjs';
import { DESKTOP, PHONE } from './chromium.mjs';

const LOCALES = ['kk', 'ru', 'en'];

/** The size that a page is looked at in, a wider one, and how that one's pictures are called. */
const ON_PHONES = { usual: PHONE, wide: DESKTOP, called: 'desktop' };

/** Looks at a page as it stands: nothing wider than it has room, nothing that axe finds, in the dark too; with pictures. */
export async function look(page, name, { usual, wide, called } = ON_PHONES) {
  await assertFits(page, name);
  await assertAccessible(page, name);
  await picture(page, name);
  await inTheDark(page, async () => {
    await assertContrast(page, `${name} in the dark`);
    await picture(page, `${name}.dark`);
  });
  await page.setViewportSize(wide);
  await assertFits(page, name);
  await picture(page, `${name}.${called}`);
  await page.setViewportSize(usual);
}

/** The same in every language; ends in the one it began with. `check` is called in each. */
export async function lookInEachLanguage(page, name, check = async () => {}) {
  const first = await page.locator('html').getAttribute('lang');
  for (const locale of [...LOCALES.filter((one) => one !== first), first]) {
    await chooseLocale(page, locale);
    await check(locale);
    if (locale === first) await look(page, `${name}.${locale}`);
    else {
      await assertFits(page, `${name}, ${locale}`);
      await picture(page, `${name}.${locale}`);
    }
  }
}

export async function chooseLocale(page, locale) {
  await page.getByTestId(`locale-${locale}`).click();
  await page.locator(`html[lang=${locale}]`).waitFor();
}

/** A picture into E2E_SCREENSHOTS, where that is wanted. */
export async function picture(page, name) {
  const folder = process.env.E2E_SCREENSHOTS;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

/** A light covers the page: its colour is what is seen at the edges and beside the oval, and nothing else can be pressed. */
export async function assertLit(page, colour) {
  const { width, height } = page.viewportSize();
  const inset = 4;
  const places = [
    [inset, inset],
    [width - inset, inset],
    [inset, height - inset],
    [width - inset, height - inset],
  ];
  for (const [x, y] of places) {
    const seen = await page.evaluate(
      ([left, top]) => {
        const element = document.elementFromPoint(left, top);
        return [element?.dataset.testid, element && getComputedStyle(element).backgroundColor];
      },
      [x, y],
    );
    const rgb = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16)).join(', ');
    assert.deepEqual(seen, ['face-light', `rgb(${rgb})`], `at ${x}, ${y}`);
  }
}

/** Letters of twice the size on the smallest phone: nothing is wider than the screen (WCAG 1.4.4, 1.4.10). */
export async function assertFitsLarge(page, name) {
  const usual = page.viewportSize();
  await page.setViewportSize({ width: 320, height: 600 });
  const letters = (size) => page.evaluate((value) => (document.documentElement.style.fontSize = value), size);
  await letters('200%');
  await assertFits(page, `${name} in large letters`);
  await picture(page, `${name}.large`);
  await letters('');
  await assertFits(page, `${name} on the smallest phone`);
  await page.setViewportSize(usual);
}

async function assertFits(page, where) {
  const [wanted, given] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  assert.ok(wanted <= given, `${where} is ${wanted} px wide on ${given} px`);
}
