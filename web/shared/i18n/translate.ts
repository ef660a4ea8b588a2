import type { Locale } from './locales';

export type Messages<Key extends string> = Readonly<Record<Locale, Readonly<Record<Key, string>>>>;
export type Values = Readonly<Record<string, string | number>>;

/** Puts values into `{name}` places; a place without a value stays as it is, so that a slip is seen and not hidden. */
export function fill(sentence: string, values: Values = {}): string {
  return sentence.replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place));
}

/** `current` is a function, so that a page which calls the result follows the locale. */
export function translator<Key extends string>(messages: Messages<Key>, current: () => Locale) {
  return (key: Key, values?: Values): string => fill(messages[current()][key], values);
}
