import { isKey, type Key } from '../say';

// Families of codes that ask for the same thing as another.
const SAME_AS: Readonly<Record<string, Key>> = {
  capture: 'advice.face',
  presentation: 'advice.face',
  busy: 'advice.later',
  expired: 'advice.later',
  register: 'advice.later',
  unavailable: 'advice.later',
};

/** What the player can do about a reason: an advice for the code itself, else for its family, else a general one. */
export function adviceFor(code: string): Key {
  const family = code.split('_')[0] ?? '';
  const own = [`advice.${code}`, `advice.${family}`].find(isKey);
  return own ?? SAME_AS[family] ?? 'advice.general';
}
