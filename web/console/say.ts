import { locale } from '../shared/i18n/locale.svelte';
import { translator } from '../shared/i18n/translate';
import en from './i18n/en.json';
import kk from './i18n/kk.json';
import ru from './i18n/ru.json';

export type Key = keyof typeof ru;

/** The sentences of the console. */
export const t = translator<Key>({ kk, ru, en }, () => locale.current);
