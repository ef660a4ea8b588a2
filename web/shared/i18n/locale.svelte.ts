import { initialLocale, type Locale } from './locales';

const KEY = 'rastau.locale';

// Storage may be forbidden (private windows, strict settings): the choice then lasts as long as the page.
function stored(): string | null {
  try {
    return globalThis.localStorage?.getItem(KEY) ?? null;
  } catch {
    return null;
  }
}

class ChosenLocale {
  current = $state<Locale>(initialLocale(stored(), globalThis.location?.search ?? '', globalThis.navigator?.languages ?? []));

  choose(next: Locale): void {
    this.current = next;
    try {
      globalThis.localStorage?.setItem(KEY, next);
    } catch {
      // see `stored`
    }
  }
}

export const locale = new ChosenLocale();
