import { readAuthorization } from './authorization.js';
import { Backend } from './backend.js';
import { type Browser, thisBrowser } from './browser.js';
import { handOver } from './callback.js';
import { Ending } from './ending.js';
import { VisitError } from './errors.js';
import { visitIn } from './popup.js';

export type { Authorization } from './authorization.js';
export type { Browser } from './browser.js';
export { VisitError, type VisitErrorCode } from './errors.js';

/** Where the operator's backend listens, on the origin of the page. Both take and answer JSON, by POST. */
export interface Endpoints {
  /** Takes the wishes, pushes the request and answers an `Authorization`. */
  readonly begin: string;
  /** Takes `{ address }`, where the browser came back to; its answer is the operator's own. */
  readonly finish: string;
}

export interface VisitOptions {
  /** Sent to `begin`: whatever the operator's backend wants to know, such as a language. */
  readonly wishes?: object;
  readonly signal?: AbortSignal;
}

export interface PopupOptions extends VisitOptions {
  /** For the whole visit; 20 minutes unless said otherwise, as long as a verification lasts. */
  readonly limitMs?: number;
  /** What to do where no window opens: `redirect` (unless said otherwise), or fail with `blocked`. */
  readonly whenBlocked?: 'redirect' | 'fail';
}

/** What became of the callback page: `opener` goes on and this window may close, or the backend's `answer` is to be shown here. */
export type Arrival<Answer> = { readonly to: 'opener' } | { readonly to: 'here'; readonly answer: Answer };

const LIMIT_MS = 20 * 60_000;

/**
 * Sends players to Rastau and brings them back, on the operator's own site. It keeps nothing, and sees no token unless the
 * operator's backend gives one. Everything fails with a `VisitError`.
 */
export class RastauClient {
  readonly #backend: Backend;

  /** @param browser another one than this, for tests */
  constructor(
    endpoints: Endpoints,
    private readonly browser: Browser = thisBrowser(),
  ) {
    this.#backend = new Backend(browser, endpoints);
  }

  /** Leaves for Rastau in this window. Settles only when that fails. */
  async redirect({ wishes = {}, signal }: VisitOptions = {}): Promise<never> {
    const ending = new Ending(LIMIT_MS, signal);
    try {
      const { address } = readAuthorization(await this.#backend.begin(wishes, ending.signal));
      ending.signal.throwIfAborted();
      this.browser.leaveFor(address);
    } finally {
      ending.dispose();
    }
    return new Promise<never>(() => {});
  }

  /**
   * Goes to Rastau in a window of its own, and resolves to what `finish` answered. Call it in the click itself, before
   * anything is awaited: browsers open windows for clicks alone.
   */
  async popup<Answer>({ wishes = {}, signal, limitMs = LIMIT_MS, whenBlocked = 'redirect' }: PopupOptions = {}): Promise<Answer> {
    if (signal?.aborted) throw new VisitError('aborted');
    const window = this.browser.open();
    if (!window && whenBlocked === 'fail') throw new VisitError('blocked');
    if (!window) return this.redirect({ wishes, ...(signal && { signal }) });
    const ending = new Ending(limitMs, signal);
    try {
      return (await visitIn(window, this.browser, this.#backend, wishes, ending)) as Answer;
    } finally {
      ending.dispose();
    }
  }

  /** On the callback page, in whichever window: hands the answer to the page that waits for it, else to the backend. */
  async callback<Answer>({ signal }: Pick<VisitOptions, 'signal'> = {}): Promise<Arrival<Answer>> {
    const { address } = this.browser;
    this.browser.hideQuery();
    if (await handOver(this.browser, address)) {
      this.browser.closeOwn();
      return { to: 'opener' };
    }
    const ending = new Ending(LIMIT_MS, signal);
    try {
      return { to: 'here', answer: (await this.#backend.finish(address, ending.signal)) as Answer };
    } finally {
      ending.dispose();
    }
  }
}
