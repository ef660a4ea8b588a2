import type { Problem } from '../../shared/api/problem';

/** For how many seconds the factor is locked, if that is what the refusal says. */
export function lockedFor(problem: Problem | null): number | null {
  return problem?.code === 'factor_locked' ? Math.max(1, problem.retryAfter ?? 1) : null;
}
