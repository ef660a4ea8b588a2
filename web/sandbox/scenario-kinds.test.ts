import { describe, expect, it } from 'vitest';
import type { Scenario } from '../shared/api/sandbox';
import { byKind, kindOf, KINDS } from './scenario-kinds';
import { isKey } from './say';

const scenario = (code: string, expected: Scenario['expected']): Scenario => ({ code, expected, iin: '900101100014' });

describe('scenarios by kind', () => {
  it('are told apart by what goes wrong, and else by what comes of them', () => {
    expect(kindOf(scenario('approved', 'approved'))).toBe('play');
    expect(kindOf(scenario('restricted_later', 'approved'))).toBe('play');
    expect(kindOf(scenario('debtor', 'refused'))).toBe('restricted');
    expect(kindOf(scenario('face_mismatch', 'refused'))).toBe('face');
    expect(kindOf(scenario('registry_stale', 'refused'))).toBe('silence');
    expect(kindOf(scenario('register_down', 'not_identified'))).toBe('silence');
    expect(kindOf(scenario('a new one', 'under_review'))).toBe('face');
  });

  it('are all there once, and every kind has a title', () => {
    const all = [scenario('slow', 'approved'), scenario('debtor', 'refused'), scenario('doubt', 'under_review')];
    expect(byKind(all).flatMap(({ scenarios }) => scenarios)).toEqual(all);
    expect(byKind(all).map(({ kind }) => kind)).toEqual(['play', 'restricted', 'face']);
    expect(KINDS.every((kind) => isKey(`kind.${kind}`))).toBe(true);
  });
});
