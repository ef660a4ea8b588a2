/** Help for typing an IIN. The server decides; this only spots a slip of the finger before it is sent. */
export const IIN_DIGITS = 12;

const FIRST_WEIGHTS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11] as const;
const SECOND_WEIGHTS = [3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2] as const;

/** What was typed or pasted, without spaces and signs. */
export const digitsOnly = (typed: string, length = IIN_DIGITS): string => typed.replace(/\D/g, '').slice(0, length);

const weighed = (digits: string, weights: readonly number[]): number => weights.reduce((sum, weight, place) => sum + weight * Number(digits[place]), 0) % 11;

/** The control digit of the first eleven; null where both weightings give 10, a number that is never issued. */
export function controlDigit(firstEleven: string): number | null {
  const first = weighed(firstEleven, FIRST_WEIGHTS);
  if (first < 10) return first;
  const second = weighed(firstEleven, SECOND_WEIGHTS);
  return second < 10 ? second : null;
}

export type IinHint = 'incomplete' | 'control_digit' | null;

export function iinHint(digits: string): IinHint {
  if (!/^\d{12}$/.test(digits)) return 'incomplete';
  return controlDigit(digits.slice(0, 11)) === Number(digits[11]) ? null : 'control_digit';
}
