import type { Browser } from './browser.js';
import { VisitError } from './errors.js';

const PATIENCE_MS = 30_000;

/** The operator's own backend, on the page's own origin. */
export class Backend {
  readonly #begin: URL;
  readonly #finish: URL;

  /** @throws TypeError for an address on another origin */
  constructor(
    private readonly browser: Browser,
    { begin, finish }: { begin: string; finish: string },
  ) {
    this.#begin = ownAddress(browser, begin);
    this.#finish = ownAddress(browser, finish);
  }

  /** Asks it to push a request. `wishes` are the site's own, such as a language. */
  begin(wishes: object, signal?: AbortSignal): Promise<unknown> {
    return this.#post(this.#begin, wishes, signal);
  }

  /** Hands it the callback address. */
  finish(address: string, signal?: AbortSignal): Promise<unknown> {
    return this.#post(this.#finish, { address }, signal);
  }

  async #post(address: URL, body: object, signal?: AbortSignal): Promise<unknown> {
    // Its reason is a VisitError, the caller's own or this one.
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(new VisitError('unreachable')), PATIENCE_MS);
    const pass = (): void => limit.abort(signal?.reason);
    if (signal?.aborted) pass();
    signal?.addEventListener('abort', pass);
    try {
      return await this.#ask(address, body, limit.signal);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', pass);
    }
  }

  async #ask(address: URL, body: object, signal: AbortSignal): Promise<unknown> {
    const failed = (code: 'unreachable' | 'malformed') => (): never => {
      signal.throwIfAborted();
      throw new VisitError(code);
    };
    const headers = { Accept: 'application/json', 'Content-Type': 'application/json' };
    const init = { method: 'POST', headers, body: JSON.stringify(body), signal } as const;
    const asked = this.browser.fetch(address, { ...init, credentials: 'same-origin', cache: 'no-store', redirect: 'error' });
    const response = await asked.catch(failed('unreachable'));
    if (!response.ok) throw new VisitError('refused', response.status);
    return response.json().catch(failed('malformed'));
  }
}

function ownAddress({ address }: Browser, path: string): URL {
  const url = new URL(path, address);
  if (url.origin !== new URL(address).origin) throw new TypeError('the backend must be on the origin of the page');
  return url;
}
