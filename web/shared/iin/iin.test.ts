import { describe, expect, it } from 'vitest';
import { controlDigit, digitsOnly, iinHint } from './iin';

describe('the control digit of an IIN', () => {
  it('comes from the first weighting', () => {
    expect(controlDigit('90010130001')).toBe(7);
  });

  it('comes from the second weighting where the first gives 10', () => {
    expect(controlDigit('90010130081')).toBe(1);
  });

  it('does not exist where both give 10: such a number is never issued', () => {
    expect(controlDigit('90010130080')).toBeNull();
  });
});

describe('the help while an IIN is typed', () => {
  it('is silent for a right number', () => {
    expect(iinHint('900101300017')).toBeNull();
    expect(iinHint('900101300811')).toBeNull();
  });

  it('sees a changed and a swapped digit', () => {
    expect(iinHint('900101300018')).toBe('control_digit');
    expect(iinHint('900110300017')).toBe('control_digit');
    expect(iinHint('900101300800')).toBe('control_digit');
  });

  it('waits for twelve digits', () => {
    expect(iinHint('90010130001')).toBe('incomplete');
    expect(iinHint('')).toBe('incomplete');
  });

  it('takes pasted numbers with spaces and signs, and no more digits than there are', () => {
    expect(digitsOnly(' 900101-300 017 ')).toBe('900101300017');
    expect(digitsOnly('9001013000171234')).toBe('900101300017');
    expect(digitsOnly('123 456 7', 6)).toBe('123456');
  });
});
