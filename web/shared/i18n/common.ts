import en from './messages/en.json';
import kk from './messages/kk.json';
import ru from './messages/ru.json';
import { locale } from './locale.svelte';
import { translator } from './translate';

/** Sentences that both applications say. */
export const c = translator({ kk, ru, en }, () => locale.current);
