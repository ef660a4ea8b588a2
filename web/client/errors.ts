/** Why a visit to Rastau brought no answer. The codes are stable. */
export type VisitErrorCode =
  /** The browser let no window open, and the caller wants no redirect instead. */
  | 'blocked'
  /** The player closed the window, or came back to this page and stayed while nothing was left to be seen of it. */
  | 'closed'
  /** The time limit is over. */
  | 'timeout'
  /** The caller's signal. */
  | 'aborted'
  /** The operator's backend did not answer. */
  | 'unreachable'
  /** The operator's backend answered with another status than 2xx, see `status`. */
  | 'refused'
  /** The backend's answer, or the callback page's address, is not what it must be. */
  | 'malformed'
  /** The answer is of another visit or another issuer (RFC 6749 section 10.12, RFC 9207). */
  | 'mismatch'
  /** The callback page could not reach this one and went to the backend by itself. */
  | 'elsewhere';

const SENTENCES: Record<VisitErrorCode, string> = {
  blocked: 'the browser blocked the window',
  closed: 'the window was closed',
  timeout: 'the time limit is over',
  aborted: 'the visit was called off',
  unreachable: 'the backend did not answer',
  refused: 'the backend refused',
  malformed: 'an answer was not understood',
  mismatch: 'the answer belongs to another visit or issuer',
  elsewhere: 'the visit was finished in its own window',
};

/** A visit that brought no answer. Says nothing of addresses and codes, so it may be logged. */
export class VisitError extends Error {
  override readonly name = 'VisitError';

  /** @param status the HTTP status of a `refused` */
  constructor(
    readonly code: VisitErrorCode,
    readonly status?: number,
  ) {
    super(SENTENCES[code]);
  }
}
