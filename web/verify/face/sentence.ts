import type { Show } from '../../shared/capture/answers';
import { isKey, type Key } from '../say';

/** Hints that leave what is asked on the screen. */
const LEAVES = new Set(['follow', 'hold_still']);

/** The one sentence to show: what is asked, unless something has to be put right first. */
export function sentence(show: Show | null, hint: string | null): Key {
  const asked = askedFor(show);
  if (asked && (hint === null || LEAVES.has(hint))) return asked;
  const key = `hint.${hint ?? 'first'}`;
  return isKey(key) ? key : (asked ?? 'hint.first');
}

/** What is asked beyond looking straight. A command that is newer than this page has no words here. */
function askedFor(show: Show | null): Key | null {
  if (show?.light) return 'face.light';
  const key = `command.${show?.command ?? ''}`;
  return isKey(key) ? key : null;
}
