export const LOCALES = ['kk', 'ru', 'en'] as const;
export type Locale = (typeof LOCALES)[number];

/** What the server falls back to as well (docs/API.md). */
export const DEFAULT_LOCALE: Locale = 'ru';

/** The first language of ours among the tags given, most wanted first: `kk-KZ` is `kk`. */
export function firstKnown(tags: readonly string[]): Locale | null {
  for (const tag of tags) {
    const language = tag.toLowerCase().split('-')[0];
    const known = LOCALES.find((locale) => locale === language);
    if (known) return known;
  }
  return null;
}

/**
 * The reader's own click on this device is the surest sign; then what the operator asked for (`ui_locales`, a list
 * separated by spaces); then the browser's languages.
 */
export function initialLocale(stored: string | null, search: string, browser: readonly string[]): Locale {
  const asked = new URLSearchParams(search).get('ui_locales')?.split(' ') ?? [];
  return firstKnown(stored ? [stored] : []) ?? firstKnown(asked) ?? firstKnown(browser) ?? DEFAULT_LOCALE;
}
