import { describe, expect, it } from 'vitest';
import type { Show } from '../../shared/capture/answers';
import { isKey } from '../say';
import { isSideways, sentence } from './sentence';

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

  it('asks to turn the phone where no face is found in a picture on its side', () => {
    expect(sentence(STRAIGHT, 'no_face', true)).toBe('hint.not_upright');
    expect(sentence(STRAIGHT, 'too_dark', true)).toBe('hint.too_dark');
    expect(sentence(STRAIGHT, 'not_upright')).toBe('hint.not_upright');
  });

  it('knows a picture on its side by a phone whose screen stands the other way', () => {
    const [wide, high] = [
      { videoWidth: 640, videoHeight: 480 },
      { videoWidth: 480, videoHeight: 640 },
    ];
    expect([isSideways(wide, true, true), isSideways(high, true, true), isSideways(wide, true, false)]).toEqual([true, false, false]);
    expect(isSideways(high, true, false)).toBe(true);
    expect(isSideways(wide, false, true)).toBe(false);
    expect(isSideways({ videoWidth: 0, videoHeight: 0 }, true, false)).toBe(false);
  });

  it.each(['turn_left', 'turn_right', 'look_up', 'look_down', 'open_mouth', 'blink', 'come_closer'])('is there for %s', (command) => {
    expect(isKey(`command.${command}`)).toBe(true);
  });
});
