/** A refusal as the server words it (RFC 9457), with our stable `code`. */
export interface Problem {
  readonly code: string;
  readonly status: number;
  readonly detail: string | null;
  readonly retryAfter: number | null;
}

/** Codes of our own, for what never reached the server or was not understood; the page has sentences for them. */
export const NETWORK = 'network';
export const UNEXPECTED = 'unexpected';

export class ProblemError extends Error {
  override readonly name = 'ProblemError';

  constructor(readonly problem: Problem) {
    super(problem.code);
  }
}

export function localProblem(code: typeof NETWORK | typeof UNEXPECTED, status = 0): Problem {
  return { code, status, detail: null, retryAfter: null };
}

/** Anything thrown, as a problem: what is not ours is unexpected. */
export function problemOf(error: unknown): Problem {
  return error instanceof ProblemError ? error.problem : localProblem(UNEXPECTED);
}

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

/** Reads a problem document; a proxy's HTML page or an empty body must not break the reader's page. */
export function parseProblem(status: number, body: unknown, retryAfterHeader: string | null): Problem {
  const fields = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  const wait = typeof fields.retry_after === 'number' ? fields.retry_after : Number(retryAfterHeader ?? Number.NaN);
  return {
    code: text(fields.code) ?? UNEXPECTED,
    status,
    detail: text(fields.detail) ?? text(fields.title),
    retryAfter: Number.isFinite(wait) ? wait : null,
  };
}
