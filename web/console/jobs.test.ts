import { describe, expect, it } from 'vitest';
import { JOBS, jobTitle } from './jobs';

describe('titles of background jobs', () => {
  it('says what each kind does', () => {
    const titles = JOBS.map((kind) => jobTitle(kind));
    expect(new Set(titles).size).toBe(JOBS.length);
    for (const [place, kind] of JOBS.entries()) {
      expect(titles[place]).not.toBe(kind);
    }
  });

  it('names the source, and no model', () => {
    expect(jobTitle('source:debtors')).toBe(`${jobTitle('source')}: debtors`);
    expect(jobTitle('templates:0a1b2c3d')).toBe(jobTitle('templates'));
  });

  it('shows what it does not know as it is', () => {
    expect(jobTitle('harm-signals')).toBe('harm-signals');
  });
});
