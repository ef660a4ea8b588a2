import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Fails with the list of what axe found, in the light colours and (contrast alone) in the dark ones. */
export async function assertAccessible(page, where) {
  // Not by a script tag: the page keeps its content security policy.
  await page.evaluate(`globalThis.axe ?? (() => { ${AXE} })()`);
  assertNone(await violations(page, { type: 'tag', values: TAGS }), where);
  await page.emulateMedia({ colorScheme: 'dark' });
  await settled(page);
  assertNone(await violations(page, { type: 'rule', values: ['color-contrast'] }), `${where}, dark`);
  await page.emulateMedia({ colorScheme: 'light' });
  await settled(page);
}

/** Colours that are still fading would be measured half way. */
async function settled(page) {
  await page.evaluate(async () => {
    await new Promise(requestAnimationFrame);
    const fading = document.getAnimations().filter((animation) => animation.effect?.getComputedTiming().endTime !== Infinity);
    await Promise.allSettled(fading.map((animation) => animation.finished));
  });
}

async function violations(page, runOnly) {
  const { violations: found } = await page.evaluate((only) => globalThis.axe.run({ runOnly: only }), runOnly);
  return found.map(({ id, help, nodes }) => `${id}: ${help}\n    ${nodes.map((node) => `${node.html}\n      ${node.failureSummary}`).join('\n    ')}`);
}

function assertNone(found, where) {
  assert.ok(found.length === 0, `accessibility of ${where}:\n${found.join('\n')}`);
}
