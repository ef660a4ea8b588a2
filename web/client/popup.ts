import { type Authorization, isAnswerTo, readAuthorization } from './authorization.js';
import type { Backend } from './backend.js';
import type { Browser, PopupWindow } from './browser.js';
import type { Ending } from './ending.js';
import { VisitError } from './errors.js';
import { lineOf, type Message, readMessage } from './messages.js';

const LOOK_MS = 500;
/** So many looks in a row, 3 seconds, must find the player here and no window. */
const LOOKS = 6;

/** One visit in a window of its own: from the backend's address to the backend's answer. */
export async function visitIn(window: PopupWindow, browser: Browser, backend: Backend, wishes: object, ending: Ending): Promise<unknown> {
  const watch = new WindowWatch(window, browser, ending);
  try {
    const authorization = readAuthorization(await backend.begin(wishes, ending.signal));
    const release = await browser.hold(lineOf(authorization.state));
    // Somebody waits for an answer with this state already: it is not this visit's own.
    if (!release) throw new VisitError('malformed');
    try {
      const address = await answerTo(authorization, browser, ending, () => watch.steer(authorization.address));
      watch.stop();
      return await backend.finish(address, ending.signal);
    } finally {
      release();
    }
  } finally {
    watch.stop();
    // Does nothing where the handle was cut; there the callback page closes the window.
    window.close();
  }
}

/** Listens before `go`, and takes one answer. */
function answerTo(authorization: Authorization, browser: Browser, { signal }: Ending, go: () => void): Promise<string> {
  signal.throwIfAborted();
  const channel = browser.channel(lineOf(authorization.state));
  const say = (message: Message): void => channel.say(message);
  return new Promise<string>((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
    channel.onheard = (data) => {
      const message = readMessage(data);
      if (message?.say === 'here') say({ say: 'ready', id: message.id });
      if (message?.say === 'alone') reject(new VisitError('elsewhere'));
      if (message?.say !== 'answer') return;
      channel.onheard = null;
      say({ say: 'taken', id: message.id });
      if (isAnswerTo(authorization, message.address, browser.address)) resolve(message.address);
      else reject(new VisitError('mismatch'));
    };
    go();
  }).finally(() => channel.close());
}

/**
 * Notices that the player closed the window. Once it shows pages with a Cross-Origin-Opener-Policy its handle is cut and reads
 * `closed` as well, so that from there on the player has to be back at this page, too.
 */
class WindowWatch {
  readonly #attention;
  readonly #timer;
  #steered = false;
  #looks = 0;

  constructor(
    private readonly window: PopupWindow,
    browser: Browser,
    private readonly ending: Ending,
  ) {
    this.#attention = browser.watchAttention();
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
  }

  steer(address: string): void {
    if (this.window.closed) return this.ending.end('closed');
    this.#steered = true;
    this.window.steer(address);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#attention.stop();
  }

  #look(): void {
    const { closed } = this.window;
    this.#looks = closed && this.#attention.isBack ? this.#looks + 1 : 0;
    if ((closed && !this.#steered) || this.#looks >= LOOKS) this.ending.end('closed');
  }
}
