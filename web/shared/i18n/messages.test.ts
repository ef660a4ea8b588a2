import { describe, expect, it } from 'vitest';
import consoleEn from '../../console/i18n/en.json';
import consoleKk from '../../console/i18n/kk.json';
import consoleRu from '../../console/i18n/ru.json';
import sandboxEn from '../../sandbox/i18n/en.json';
import sandboxKk from '../../sandbox/i18n/kk.json';
import sandboxRu from '../../sandbox/i18n/ru.json';
import verifyEn from '../../verify/i18n/en.json';
import verifyKk from '../../verify/i18n/kk.json';
import verifyRu from '../../verify/i18n/ru.json';
import commonEn from './messages/en.json';
import commonKk from './messages/kk.json';
import commonRu from './messages/ru.json';

type Sentences = Record<string, string>;

const SETS: Record<string, Record<'kk' | 'ru' | 'en', Sentences>> = {
  common: { kk: commonKk, ru: commonRu, en: commonEn },
  verify: { kk: verifyKk, ru: verifyRu, en: verifyEn },
  console: { kk: consoleKk, ru: consoleRu, en: consoleEn },
  sandbox: { kk: sandboxKk, ru: sandboxRu, en: sandboxEn },
};

const places = (sentence: string): string[] => (sentence.match(/\{\w+\}/g) ?? []).sort();

describe.each(Object.entries(SETS))('the sentences of %s', (_name, { kk, ru, en }) => {
  it('have the same keys in the same order in all three languages', () => {
    expect(Object.keys(kk)).toEqual(Object.keys(ru));
    expect(Object.keys(en)).toEqual(Object.keys(ru));
  });

  it('are none of them empty', () => {
    for (const sentences of [kk, ru, en]) {
      expect(Object.entries(sentences).filter(([, text]) => text.trim() === '')).toEqual([]);
    }
  });

  it('have the same places for values', () => {
    for (const [key, text] of Object.entries(ru)) {
      expect([key, places(kk[key] ?? '')]).toEqual([key, places(text)]);
      expect([key, places(en[key] ?? '')]).toEqual([key, places(text)]);
    }
  });

  it('are translated: no Kazakh sentence is the Russian one, no English one is in Cyrillic', () => {
    expect(Object.keys(ru).filter((key) => kk[key] === ru[key])).toEqual([]);
    expect(Object.keys(en).filter((key) => /\p{Script=Cyrillic}/u.test(en[key] ?? ''))).toEqual([]);
  });
});
