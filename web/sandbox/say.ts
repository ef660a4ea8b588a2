import { locale } from '../shared/i18n/locale.svelte';
import { translator } from '../shared/i18n/translate';
import en from './i18n/en.json';
import kk from './i18n/kk.json';
import ru from './i18n/ru.json';

export type Key = keyof typeof ru;

/** The sentences of the demo operator's site. */
export const t = translator<Key>({ kk, ru, en }, () => locale.current);

/** Whether a code that the server sent has a sentence here. */
export const isKey = (key: string): key is Key => key in ru;
