import { NETWORK, type Problem } from '../api/problem';
import { c } from '../i18n/common';

/** The sentence to show: the server's own where it sent one. */
export function problemText(problem: Problem): string {
  if (problem.detail) return problem.detail;
  return c(problem.code === NETWORK ? 'problem.network' : 'problem.unexpected');
}
