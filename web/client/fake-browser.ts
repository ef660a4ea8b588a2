import type { Attention, Browser, Channel, PopupWindow } from './browser.js';

/** Pages of one origin in one browser, for tests: they share channels, locks and a backend. */
export class FakeOrigin {
  readonly #lines = new Map<string, Set<Channel>>();
  readonly #locks = new Set<string>();
  #unheard: (() => void)[] | null = null;
  /** What was posted to the backend, as `[path, body]`. */
  readonly asked: [string, unknown][] = [];
  readonly answers = new Map<string, (init: RequestInit) => Promise<Response>>();

  constructor(readonly origin = 'https://bet.example') {}

  page(path: string): FakePage {
    return new FakePage(this, `${this.origin}${path}`);
  }

  listeners(name: string): number {
    return this.#lines.get(name)?.size ?? 0;
  }

  join(name: string): Channel {
    const line = this.#lines.get(name) ?? new Set<Channel>();
    this.#lines.set(name, line);
    const channel: Channel = {
      onheard: null,
      say: (message) => {
        for (const other of line) if (other !== channel) this.#deliver(() => line.has(other) && other.onheard?.(structuredClone(message)));
      },
      close: () => void line.delete(channel),
    };
    line.add(channel);
    return channel;
  }

  /** Nobody hears anything until `wake`. */
  sleep(): void {
    this.#unheard = [];
  }

  wake(): void {
    for (const hear of this.#unheard ?? []) queueMicrotask(hear);
    this.#unheard = null;
  }

  #deliver(hear: () => void): void {
    if (this.#unheard) this.#unheard.push(hear);
    else queueMicrotask(hear);
  }

  lock(name: string): (() => void) | null {
    if (this.#locks.has(name)) return null;
    this.#locks.add(name);
    return () => void this.#locks.delete(name);
  }

  isLocked(name: string): boolean {
    return this.#locks.has(name);
  }

  async fetch(address: URL, init: RequestInit): Promise<Response> {
    init.signal?.throwIfAborted();
    this.asked.push([address.pathname, JSON.parse(String(init.body))]);
    const answer = this.answers.get(address.pathname);
    if (!answer) throw new TypeError('Failed to fetch');
    return answer(init);
  }
}

export class FakePopup implements PopupWindow {
  closed = false;
  /** Where it was sent. */
  address: string | null = null;

  steer(address: string): void {
    this.address = address;
  }

  close(): void {
    this.closed = true;
  }
}

export class FakePage implements Browser {
  popup: FakePopup | null = null;
  isBlocking = false;
  opened = 0;
  isBack = false;
  watched = 0;
  leftFor: string | null = null;
  queryHidden = false;
  ownClosed = false;

  constructor(
    private readonly site: FakeOrigin,
    readonly address: string,
  ) {}

  open(): PopupWindow | null {
    this.opened += 1;
    this.popup = this.isBlocking ? null : new FakePopup();
    return this.popup;
  }

  leaveFor(address: string): void {
    this.leftFor = address;
  }

  hideQuery(): void {
    this.queryHidden = true;
  }

  closeOwn(): void {
    this.ownClosed = true;
  }

  channel(name: string): Channel {
    return this.site.join(name);
  }

  watchAttention(): Attention {
    const isBack = () => this.isBack;
    const stopped = () => {
      this.watched -= 1;
    };
    this.watched += 1;
    let watching = true;
    return {
      get isBack() {
        return isBack();
      },
      stop() {
        if (watching) stopped();
        watching = false;
      },
    };
  }

  async hold(name: string): Promise<(() => void) | null> {
    return this.site.lock(name);
  }

  async isHeld(name: string): Promise<boolean> {
    return this.site.isLocked(name);
  }

  fetch(address: URL, init: RequestInit): Promise<Response> {
    return this.site.fetch(address, init);
  }
}
