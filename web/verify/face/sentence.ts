import type { Show } from '../../shared/capture/answers';
import { isKey, type Key } from '../say';

/** Hints that leave what is asked on the screen. */
const LEAVES = new Set(['follow', 'hold_still']);

/** The one sentence to show: what is asked, unless something has to be put right first. `sideways`: the camera's picture lies on its side. */
export function sentence(show: Show | null, hint: string | null, sideways = false): Key {
  const asked = askedFor(show);
  if (asked && (hint === null || LEAVES.has(hint))) return asked;
  // No face is found in a picture on its side, and the server does not know that a phone is held so.
  if (hint === 'no_face' && sideways) return 'hint.not_upright';
  const key = `hint.${hint ?? 'first'}`;
  return isKey(key) ? key : (asked ?? 'hint.first');
}

/** What is asked beyond looking straight. A command that is newer than this page has no words here. */
function askedFor(show: Show | null): Key | null {
  if (show?.light) return 'face.light';
  const key = `command.${show?.command ?? ''}`;
  return isKey(key) ? key : null;
}

/** Whether the camera's picture lies on its side: a phone that is held upright and whose pictures are wider than high. */
export function isSideways(video: { videoWidth: number; videoHeight: number }, phone: boolean, portrait: boolean): boolean {
  return phone && video.videoWidth > 0 && portrait !== video.videoWidth < video.videoHeight;
}
