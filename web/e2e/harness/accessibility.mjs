import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Fails with the list of what axe found. */
export async function assertAccessible(page, where) {
  await assertNone(page, { type: 'tag', values: TAGS }, where);
}

/** Fails with the list of texts that are hard to read. */
export async function assertContrast(page, where) {
  await assertNone(page, { type: 'rule', values: ['color-contrast'] }, where);
}

/** Does `what` with the page in the colours for the dark. */
export async function inTheDark(page, what) {
  await page.emulateMedia({ colorScheme: 'dark' });
  await settled(page);
  await what();
  await page.emulateMedia({ colorScheme: 'light' });
  await settled(page);
}

/** Colours that are still fading would be measured half way. */
async function settled(page) {
  await page.evaluate(async () => {
    await new Promise(requestAnimationFrame);
    // What lies in a folded part is not drawn, and its colours never come to the end of fading.
    const drawn = ({ effect }) => effect?.target?.checkVisibility() ?? true;
    const ends = ({ effect }) => effect?.getComputedTiming().endTime !== Infinity;
    const fading = document.getAnimations().filter((animation) => ends(animation) && drawn(animation));
    await Promise.allSettled(fading.map((animation) => animation.finished));
  });
}

async function assertNone(page, runOnly, where) {
  // Not by a script tag: the page keeps its content security policy.
  await page.evaluate(`globalThis.axe ?? (() => { ${AXE} })()`);
  const { violations } = await page.evaluate((only) => globalThis.axe.run({ runOnly: only }), runOnly);
  const found = violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}\n  ${node.html}\n  ${node.failureSummary}`));
  assert.ok(found.length === 0, `accessibility of ${where}:\n${found.join('\n')}`);
}
