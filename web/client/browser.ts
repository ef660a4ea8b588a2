/** The window that was opened, as far as the client may touch it. */
export interface PopupWindow {
  /** Also true when only the handle was cut (Cross-Origin-Opener-Policy). */
  readonly closed: boolean;
  steer(address: string): void;
  close(): void;
}

/** A line to the other pages of this origin. */
export interface Channel {
  say(message: unknown): void;
  onheard: ((message: unknown) => void) | null;
  close(): void;
}

/** Whether the player left this page for another window and came back. */
export interface Attention {
  readonly isBack: boolean;
  stop(): void;
}

/** What the client asks of the browser, so that a test can stand in for it. */
export interface Browser {
  /** The page's own address. */
  readonly address: string;
  /** Null where a blocker stands in the way, or the browser has no locks to wait with (a page that is not secure). */
  open(): PopupWindow | null;
  /** Leaves this page for another. */
  leaveFor(address: string): void;
  /** Takes the query out of the address bar and the history. */
  hideQuery(): void;
  /** Closes this page's own window, where the browser allows that. */
  closeOwn(): void;
  channel(name: string): Channel;
  watchAttention(): Attention;
  /** Holds a name among the pages of this origin until the page is gone or lets go; null when another has it. */
  hold(name: string): Promise<(() => void) | null>;
  isHeld(name: string): Promise<boolean>;
  fetch(address: URL, init: RequestInit): Promise<Response>;
}

const FEATURES = 'popup,width=480,height=800';

/** The real one. */
export function thisBrowser(): Browser {
  return {
    get address() {
      return location.href;
    },
    open: openWindow,
    leaveFor: (address) => location.assign(address),
    hideQuery: () => history.replaceState(history.state, '', location.pathname),
    closeOwn: () => window.close(),
    channel: openChannel,
    watchAttention,
    hold,
    isHeld,
    fetch: (address, init) => fetch(address, init),
  };
}

function openWindow(): PopupWindow | null {
  if (!('locks' in navigator)) return null;
  const opened = window.open('about:blank', '_blank', FEATURES);
  if (!opened || opened.closed) return null;
  return {
    get closed() {
      return opened.closed;
    },
    steer(address) {
      // Nothing that is shown there is to reach back into the operator's page.
      opened.opener = null;
      opened.location.replace(address);
    },
    close: () => opened.close(),
  };
}

function openChannel(name: string): Channel {
  const real = new BroadcastChannel(name);
  const channel: Channel = { say: (message) => real.postMessage(message), onheard: null, close: () => real.close() };
  real.onmessage = (event) => channel.onheard?.(event.data);
  return channel;
}

function watchAttention(): Attention {
  const stopped = new AbortController();
  let [left, isBack] = [false, false];
  const leave = (): void => void ([left, isBack] = [true, false]);
  const comeBack = (): void => void (isBack = left);
  const options = { signal: stopped.signal };
  window.addEventListener('blur', leave, options);
  window.addEventListener('focus', comeBack, options);
  document.addEventListener('visibilitychange', () => (document.hidden ? leave() : comeBack()), options);
  return {
    get isBack() {
      return isBack;
    },
    stop: () => stopped.abort(),
  };
}

/** By a lock: a page that holds one is not put to sleep, and one that is closed lets go. */
function hold(name: string): Promise<(() => void) | null> {
  return new Promise((resolve, reject) => {
    const held = navigator.locks.request(name, { ifAvailable: true }, (lock) => {
      if (!lock) return resolve(null);
      return new Promise<void>((release) => resolve(release));
    });
    held.catch(reject);
  });
}

async function isHeld(name: string): Promise<boolean> {
  return 'locks' in navigator && (await navigator.locks.request(name, { ifAvailable: true }, (lock) => lock === null));
}
