import { describe, expect, it } from 'vitest';
import { calendarDate } from './dates';
import { firstKnown, initialLocale } from './locales';
import { fill } from './translate';

describe('the first locale', () => {
  it('is what the reader chose here before, whatever else is asked', () => {
    expect(initialLocale('kk', '?ui_locales=en', ['ru-RU'])).toBe('kk');
  });

  it('is else the first known one that the operator asks for', () => {
    expect(initialLocale(null, '?ui_locales=de%20kk-KZ%20ru', ['en-US'])).toBe('kk');
  });

  it("is else the browser's, else Russian", () => {
    expect(initialLocale(null, '', ['de-DE', 'en-GB'])).toBe('en');
    expect(initialLocale('xx', '?ui_locales=', ['de'])).toBe('ru');
  });

  it('compares languages and not whole tags', () => {
    expect(firstKnown(['KK-Cyrl-KZ'])).toBe('kk');
    expect(firstKnown(['eng'])).toBeNull();
  });
});

describe('a sentence with places', () => {
  it('takes the values, 0 as well, and leaves a place without one to be seen', () => {
    expect(fill('{a} of {b}, {c}', { a: 0, b: 'x' })).toBe('0 of x, {c}');
  });
});

describe('a calendar date', () => {
  it('is written as the reader does, and never moves by a day', () => {
    expect(calendarDate('2027-01-31', 'kk')).toBe('31.01.2027');
    expect(calendarDate('2027-01-31', 'ru')).toBe('31.01.2027');
    expect(calendarDate('2027-01-31', 'en')).toBe('31 January 2027');
  });

  it('is shown as it came when it is something else', () => {
    expect(calendarDate('for life', 'en')).toBe('for life');
  });
});
