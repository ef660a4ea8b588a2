/** The IIN that a reader of the sandbox's site chose to try, on its way to the check in the same tab. Never anybody's. */
const KEY = 'rastau.sandbox.iin';

export const chooseIin = (iin: string): void => sessionStorage.setItem(KEY, iin);

/** The chosen one, once; empty when none was. */
export function takeChosenIin(): string {
  const iin = sessionStorage.getItem(KEY) ?? '';
  sessionStorage.removeItem(KEY);
  return iin;
}
