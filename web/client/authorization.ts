import { VisitError } from './errors.js';

/** What the operator's backend answers once it has pushed the request (PAR). */
export interface Authorization {
  /** Where the player's browser is to go, on the issuer's origin. */
  readonly address: string;
  /** The request's `state`, made for this visit alone. */
  readonly state: string;
  /** The issuer as its metadata names it. */
  readonly issuer: string;
}

/** Bounds what is compared, and what names a channel. */
const STATE_LENGTH = 512;
const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/** Reads the backend's answer; throws `malformed`. */
export function readAuthorization(answer: unknown): Authorization {
  const { address, state, issuer } = (answer ?? {}) as Record<string, unknown>;
  if (typeof address !== 'string' || typeof issuer !== 'string' || !isState(state)) throw new VisitError('malformed');
  const [place, origin] = [parse(address), parse(issuer)?.origin];
  // Never a script's address: it would run with the rights of the operator's own page.
  if (!place || !isSafe(place) || place.origin !== origin) throw new VisitError('malformed');
  return { address: place.href, state, issuer };
}

/** Whether the answer at `address` is this visit's, on the page's own origin: RFC 9207 compares issuers as they are written. */
export function isAnswerTo({ state, issuer }: Authorization, address: string, page: string): boolean {
  const url = parse(address);
  if (url?.origin !== new URL(page).origin || only(url, 'state') !== state || only(url, 'iss') !== issuer) return false;
  return (only(url, 'code') === null) !== (only(url, 'error') === null);
}

/** The `state` of a callback address; throws `malformed`. */
export function stateOf(address: string): string {
  const url = parse(address);
  const state = url && only(url, 'state');
  if (!isState(state)) throw new VisitError('malformed');
  return state;
}

function isState(state: unknown): state is string {
  return typeof state === 'string' && state !== '' && state.length <= STATE_LENGTH;
}

/** A parameter that is there once; OAuth knows no repeated ones (RFC 6749, section 3.1). */
function only(url: URL, name: string): string | null {
  const [value, ...more] = url.searchParams.getAll(name);
  return more.length === 0 ? (value ?? null) : null;
}

function isSafe({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.includes(hostname));
}

function parse(address: string): URL | null {
  try {
    return new URL(address);
  } catch {
    return null;
  }
}
