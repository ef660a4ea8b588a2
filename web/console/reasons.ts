import { type Key, t } from './say';
import ru from './i18n/ru.json';

const known = (key: string): key is Key => Object.hasOwn(ru, key);

/** Every reason that a case can have, in the order in which staff look for them. */
export const REASONS: readonly string[] = Object.keys(ru).flatMap((key) => (key.startsWith('reason.') ? [key.slice('reason.'.length)] : []));

/** What staff call a reason; the player reads other words. A code of a later version stays a code. */
export function reasonName(code: string): string {
  const key = `reason.${code}`;
  return known(key) ? t(key) : code;
}

export const reasonNames = (reasons: readonly { readonly code: string }[]): string => reasons.map(({ code }) => reasonName(code)).join(', ');
