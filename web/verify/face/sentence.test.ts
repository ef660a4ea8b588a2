import { describe, expect, it } from 'vitest';
import type { Show } from '../../shared/capture/answers';
import { isKey } from '../say';
import { sentence } from './sentence';

const STRAIGHT: Show = { type: 'show', index: 1, command: null, light: null, colour: null, number: 0, of: 0 };
const COMMAND: Show = { ...STRAIGHT, command: 'turn_left', number: 1, of: 3 };
const LIGHT: Show = { ...STRAIGHT, light: 'red', colour: '#ff3030', number: 1, of: 5 };

describe('the one sentence', () => {
  it.each([
    [null, null, 'hint.first'],
    [STRAIGHT, null, 'hint.first'],
    [STRAIGHT, 'straight', 'hint.straight'],
    [STRAIGHT, 'hold_still', 'hint.hold_still'],
    [COMMAND, null, 'command.turn_left'],
    [COMMAND, 'follow', 'command.turn_left'],
    [COMMAND, 'hold_still', 'command.turn_left'],
    [COMMAND, 'no_face', 'hint.no_face'],
    [COMMAND, 'newer_than_this_page', 'command.turn_left'],
    [LIGHT, 'follow', 'face.light'],
    [LIGHT, 'no_face', 'hint.no_face'],
    [{ ...COMMAND, command: 'newer_than_this_page' }, 'follow', 'hint.first'],
  ])('of %j and %j is %s', (show, hint, key) => {
    expect(sentence(show, hint)).toBe(key);
  });

  it.each(['turn_left', 'turn_right', 'look_up', 'look_down', 'open_mouth', 'blink', 'come_closer'])('is there for %s', (command) => {
    expect(isKey(`command.${command}`)).toBe(true);
  });
});
