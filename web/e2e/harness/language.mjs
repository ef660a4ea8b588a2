import assert from 'node:assert/strict';

/** Letters that the language has and the others do not. */
const SPEAKS = {
  kk: /[әғқңөұүһі]/i,
  ru: /^[^әғқңөұүһі]*\p{Script=Cyrillic}[^әғқңөұүһі]*$/iu,
  en: /^[^\p{Script=Cyrillic}]*\p{Script=Latin}[^\p{Script=Cyrillic}]*$/u,
};

/**
 * Asserts that a sentence is in the language asked for: waits until it is another one than in the other languages, and
 * not a bare code. For one place on one page; make it anew for another.
 */
export function assertSpoken() {
  const heard = new Map();
  return async (place, locale) => {
    const before = [...heard].filter(([other]) => other !== locale).map(([, text]) => text);
    let text = '';
    for (let tries = 0; tries < 50; tries += 1) {
      text = (await place.textContent()).trim();
      if (SPEAKS[locale].test(text) && !before.includes(text)) break;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    assert.match(text, SPEAKS[locale], `not in ${locale}: ${text}`);
    assert.doesNotMatch(text, /^[a-z0-9_]+$/, 'a bare code');
    assert.ok(!before.includes(text), `the same in another language: ${text}`);
    heard.set(locale, text);
  };
}
