import { assertAccessible, assertContrast, inTheDark } from './accessibility.mjs';
import { assertFits, picture } from './look.mjs';
import { DESK, WIDE } from './staff.mjs';

/** As `look`, at the sizes of desks: nothing that axe finds, light and dark; with pictures. */
export async function lookAtDesk(page, name) {
  await assertFits(page, name);
  await assertAccessible(page, name);
  await picture(page, name);
  await inTheDark(page, async () => {
    await assertContrast(page, `${name} in the dark`);
    await picture(page, `${name}.dark`);
  });
  await page.setViewportSize(WIDE);
  await assertFits(page, name);
  await picture(page, `${name}.wide`);
  await page.setViewportSize(DESK);
}
