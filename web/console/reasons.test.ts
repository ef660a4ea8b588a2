import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { FINDINGS } from './findings';
import en from './i18n/en.json';
import kk from './i18n/kk.json';
import ru from './i18n/ru.json';
import { REASONS, reasonName, reasonNames } from './reasons';

/** Codes of a list in the server's source: `file` from the root of the repository. */
const codes = (file: string, pattern: RegExp) =>
  [...readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8').matchAll(pattern)].map((found) => found[1] ?? '');

test('staff have a name of their own for every reason that the server knows', () => {
  const served = codes('src/domain/reason.rs', /^ {4}\w+ = "(\w+)",$/gm);
  expect(served.length).toBeGreaterThan(40);
  expect(served.filter((code) => !REASONS.includes(code))).toEqual([]);
});

test('no two reasons have the same name, in any language', () => {
  for (const sentences of [kk, ru, en]) {
    const names = Object.entries(sentences).flatMap(([key, name]) => (key.startsWith('reason.') ? [name] : []));
    expect(new Set(names).size).toBe(names.length);
  }
});

test('a reason of a later version is told by its code', () => {
  expect(reasonName('restricted_on_mars')).toBe('restricted_on_mars');
  expect(reasonNames([{ code: 'restricted_on_mars' }, { code: 'x' }])).toBe('restricted_on_mars, x');
});

test('every finding that the server knows has a name', () => {
  const served = codes('src/domain/face/liveness/cues.rs', /^ {12}Self::\w+ => "(\w+)",$/gm);
  const named = served.filter((code) => Object.hasOwn(ru, `finding.${code}`));
  expect(FINDINGS.filter((one) => !named.includes(one))).toEqual([]);
});
