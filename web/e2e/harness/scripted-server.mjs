import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';

const DIST = join(import.meta.dirname, '../../dist');
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };
/** The policy under which the service gives its pages out. */
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'";
const HEADER_BYTES = 31;
const LINK_AT = 15;

/** Nobody listens there: whatever the page asks for is answered here. */
export const ORIGIN = 'http://localhost:9';

/** One capture, as the server of docs/CAPTURE-PROTOCOL.md sees it; what it says and when is the test's to write. */
class Capture {
  frames = [];
  camera = null;
  over = false;
  /** Whether the page said that its camera was taken away. */
  givenUp = false;
  /** Code of the guidance that each frame gets. */
  code = 'hold_still';
  progress = 0;
  #nonce = randomBytes(16);
  #link = this.#nonce;
  #index = 0;
  #waiting = [];

  constructor({ way, lights, locale = null, tell, cut }) {
    Object.assign(this, { way, lights, locale, cut });
    this.say = (message) => tell(JSON.stringify(message));
    this.say({ type: 'ready', protocol: 'rastau.capture.v2', nonce: this.#nonce.toString('base64url'), seconds: 90, lights });
  }

  /** Puts something on the page and returns its index. */
  show(what = {}) {
    this.#index += 1;
    this.say({ type: 'show', index: this.#index, command: null, light: null, colour: null, number: 0, of: 0, ...what });
    return this.#index;
  }

  end(result, verification, { reason = null, text = null } = {}) {
    this.over = true;
    this.say({ type: 'result', result, reason, text, verification });
  }

  /** Resolves when so many frames carry what is on the page now. */
  async seen(count = 1) {
    const index = this.#index;
    await this.#until(() => this.frames.filter((frame) => frame.index === index).length >= count);
  }

  hear(text) {
    if (text.type === 'give_up') this.givenUp = true;
    else this.camera = text;
  }

  take(message) {
    const jpeg = message.subarray(HEADER_BYTES);
    const hash = createHash('sha256').update(this.#link).update(message.subarray(0, LINK_AT)).update(jpeg);
    const link = hash.digest().subarray(0, 16);
    const sequence = message.readUInt32BE(1);
    this.frames.push({
      version: message[0],
      sequence,
      capturedAt: Number(message.readBigUInt64BE(5)),
      index: message.readUInt16BE(13),
      linked: link.equals(message.subarray(LINK_AT, HEADER_BYTES)),
      jpeg,
    });
    this.#link = link;
    this.say({ type: 'guidance', sequence, code: this.code, progress: this.progress });
    this.#waiting = this.#waiting.filter((look) => !look());
  }

  #until(done) {
    return new Promise((resolve) => {
      const look = () => done() && (resolve(), true);
      if (!look()) this.#waiting.push(look);
    });
  }
}

/** Gives the real pages out and plays the service towards them, for what the real one does not do when asked. */
export class ScriptedServer {
  captures = [];
  /** What the page asked for, by method and path. */
  asked = [];
  sockets = true;
  /** A problem that each capture is refused with. */
  refusal = null;
  #open = new Map();

  /** @param {(capture: Capture, number: number) => Promise<void>} script what is said in each capture, the first being 0 */
  constructor(script = async () => {}) {
    this.script = script;
    this.view = {
      stage: 'face',
      operator: { name: 'Demo Bet' },
      sandbox: false,
      expires_at: new Date(Date.now() + 20 * 60_000).toISOString(),
      face: { attempts_left: 5, locked_until: null },
      second_factor: null,
      outcome: null,
    };
  }

  async attach(page) {
    await page.route(`${ORIGIN}/**`, (route) => this.#answer(route));
    await page.routeWebSocket(/\/api\/player\/capture/, (socket) => this.#connect(socket));
  }

  #begin(capture) {
    this.captures.push(capture);
    this.script(capture, this.captures.length - 1).catch((error) => (this.trouble = error));
  }

  #connect(socket) {
    if (!this.sockets) return socket.close();
    const query = new URL(socket.url()).searchParams;
    const capture = new Capture({
      way: 'socket',
      lights: query.get('lights') !== 'off',
      locale: query.get('ui_locales'),
      tell: (text) => socket.send(text),
      cut: () => socket.close(),
    });
    socket.onMessage((message) => {
      if (typeof message === 'string') capture.hear(JSON.parse(message));
      else if (!capture.over) capture.take(message);
    });
    this.#begin(capture);
  }

  async #answer(route) {
    const request = route.request();
    const { pathname, searchParams } = new URL(request.url());
    this.asked.push(`${request.method()} ${pathname}`);
    if (pathname === '/api/player/verification') return route.fulfill({ json: this.view });
    if (pathname === '/api/player/captures') return this.#openOverHttps(route, searchParams);
    const frames = /^\/api\/player\/captures\/([^/]+)\/frames$/.exec(pathname);
    if (frames) return this.#takeOverHttps(route, frames[1]);
    if (pathname.endsWith('/give-up')) return route.fulfill({ status: 204 });
    return this.#file(route, pathname);
  }

  #openOverHttps(route, query) {
    if (this.refusal) return route.fulfill({ status: this.refusal.status, json: this.refusal });
    const outbox = [];
    const handle = randomBytes(6).toString('base64url');
    const capture = new Capture({
      way: 'posts',
      lights: query.get('lights') !== 'off',
      tell: (text) => outbox.push(JSON.parse(text)),
      cut: () => this.#open.delete(handle),
    });
    capture.camera = route.request().postDataJSON().camera ?? null;
    this.#open.set(handle, { capture, outbox });
    this.#begin(capture);
    return route.fulfill({ status: 201, json: { capture: handle, messages: outbox.splice(0) } });
  }

  #takeOverHttps(route, handle) {
    const open = this.#open.get(handle);
    if (!open) return route.fulfill({ status: 404, json: { code: 'capture_unknown', status: 404, detail: 'Unknown.' } });
    open.capture.take(route.request().postDataBuffer());
    return route.fulfill({ json: { messages: open.outbox.splice(0) } });
  }

  async #file(route, pathname) {
    const path = pathname.endsWith('/') ? `${pathname}index.html` : pathname;
    const body = await readFile(join(DIST, path)).catch(() => null);
    if (!body) return route.fulfill({ status: 404 });
    const headers = { 'Content-Type': TYPES[extname(path)] ?? 'application/octet-stream', 'Content-Security-Policy': POLICY };
    return route.fulfill({ body, headers });
  }
}
