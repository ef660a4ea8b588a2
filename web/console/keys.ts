/** What a key of the console does. */
export type Command = 'down' | 'up' | 'open' | 'take' | 'next' | 'previous' | 'back' | 'help' | 'save' | `choose-${number}`;

/** Of an event of the keyboard, what counts here. */
export interface Pressed {
  readonly code: string;
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

/** By where a key is, not by the letter on it: on a Russian or Kazakh layout `KeyJ` writes "о". */
const BY_PLACE: Readonly<Record<string, Command>> = {
  KeyJ: 'down',
  ArrowDown: 'down',
  KeyK: 'up',
  ArrowUp: 'up',
  Enter: 'open',
  NumpadEnter: 'open',
  KeyT: 'take',
  KeyN: 'next',
  KeyP: 'previous',
  Escape: 'back',
};

export function commandOf(pressed: Pressed): Command | null {
  const { code, key, ctrlKey, metaKey, altKey, shiftKey } = pressed;
  const isEnter = code === 'Enter' || code === 'NumpadEnter';
  if ((ctrlKey || metaKey) && isEnter && !altKey) return 'save';
  if (ctrlKey || metaKey || altKey) return null;
  if (key === '?' || (shiftKey && code === 'Slash')) return 'help';
  if (shiftKey) return null;
  const digit = /^(?:Digit|Numpad)([1-9])$/.exec(code)?.[1];
  return digit ? `choose-${Number(digit)}` : (BY_PLACE[code] ?? null);
}

/** Whether who pressed is writing, or in a window of its own: keys are letters there. */
export const isWriting = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest('input:not([type=radio], [type=checkbox], [type=range]), select, textarea, dialog') !== null;
