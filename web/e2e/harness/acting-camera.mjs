import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { motionsOf } from './media.mjs';

const ADDRESS = '/e2e-camera/';

/**
 * Gives every page a camera before which somebody sits who does what the page asks for: pictures of them in motion, played
 * forward and back, with the page's light on their face.
 * @param {number | null} [seat] where in the room they sit and where its light stands, 0 to 1; null: somewhere else each time.
 * @param {boolean} [mirrors] whether the camera gives its picture as a mirror does.
 */
export async function actBefore(page, face, seat = null, mirrors = false) {
  await page.route(`**${ADDRESS}*`, async (route) => {
    const name = new URL(route.request().url()).pathname.slice(ADDRESS.length);
    await route.fulfill({ contentType: 'image/jpeg', body: await readFile(join(motionsOf(face), name)) });
  });
  await page.addInitScript(camera, { address: ADDRESS, seat, mirrors });
}

/** In the page. */
function camera({ address, seat, mirrors }) {
  const NEUTRAL = 30;
  const MOTION = 12;
  const EACH_MS = 34;
  /** How long somebody takes to begin, stays there, and how late light reaches a picture. */
  const [REACTION_MS, HOLD_MS, LAG_MS] = [450, 800, 120];
  const MOVES = ['turn_left', 'turn_right', 'look_up', 'look_down', 'open_mouth', 'blink', 'come_closer'];
  const WAY_MS = MOTION * EACH_MS;
  const between = (low, high) => low + (high - low) * (seat ?? Math.random());
  const from = between(0, 2 * Math.PI);
  /** Nobody sits down twice in the same place and the same light. */
  const SEAT = {
    phase: between(0, 2 * Math.PI),
    grown: between(1.06, 1.12),
    dx: between(-12, 12),
    dy: between(-8, 8),
    light: [300 * Math.cos(from), 300 * Math.sin(from)],
  };

  const picture = async (name, number) => {
    const answer = await fetch(`${address}${name}-${String(number).padStart(3, '0')}.jpg`);
    return createImageBitmap(await answer.blob());
  };
  const strip = (name, length) => Promise.all(Array.from({ length }, (_, number) => picture(name, number)));

  class Stage {
    #canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 480 });
    #context = this.#canvas.getContext('2d');
    #move = { name: '', since: 0 };
    #asked = '';
    #shadow;
    #lights = [];

    constructor(strips) {
      this.strips = strips;
      this.#shadow = this.#context.createLinearGradient(320 - SEAT.light[0], 240 - SEAT.light[1], 320 + SEAT.light[0], 240 + SEAT.light[1]);
      this.#shadow.addColorStop(0, 'rgb(0 0 0 / 0)');
      this.#shadow.addColorStop(1, 'rgb(0 0 0 / .22)');
      this.#draw();
      this.timer = setInterval(() => this.#draw(), EACH_MS);
    }

    stream() {
      const stream = this.#canvas.captureStream(30);
      // What a sandbox knows its own player by: it is an animated photo, and does not pass for anything else.
      Object.defineProperty(stream.getVideoTracks()[0], 'label', { value: 'Rastau virtual player' });
      stream.getVideoTracks()[0].addEventListener('ended', () => clearInterval(this.timer));
      return stream;
    }

    #draw() {
      const now = performance.now();
      const { command = '', light = '' } = document.querySelector('[data-testid=face]')?.dataset ?? {};
      if (command !== this.#asked && command) this.#move = { name: command, since: now };
      this.#asked = command;
      if (light !== (this.#lights.at(-1)?.light ?? '')) this.#lights.push({ light, since: now });
      const context = this.#context;
      context.globalCompositeOperation = 'source-over';
      // Nobody is ever quite still, and no sensor gives a frame twice.
      const wave = (period, phase) => Math.sin(now / period + phase + SEAT.phase);
      const grown = SEAT.grown + 0.006 * wave(1730, 1) + 0.003 * wave(470, 2);
      const dx = SEAT.dx + 4 * wave(1310, 0) + 1.5 * wave(390, 1);
      const dy = SEAT.dy + 3 * wave(1570, 2) + wave(430, 0);
      context.setTransform(grown, 0, 0, grown, 320 * (1 - grown) + dx, 240 * (1 - grown) + dy);
      context.drawImage(this.#now(now), 0, 0);
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.fillStyle = this.#shadow;
      context.fillRect(0, 0, 640, 480);
      const shade = 0.012 * Math.random();
      context.fillStyle = `rgb(0 0 0 / ${shade})`;
      context.fillRect(0, 0, 640, 480);
      this.#shine(now, dx, dy);
      if (mirrors) this.#mirror();
    }

    #mirror() {
      const context = this.#context;
      context.globalCompositeOperation = 'source-over';
      context.setTransform(-1, 0, 0, 1, 640, 0);
      context.drawImage(this.#canvas, 0, 0);
      context.setTransform(1, 0, 0, 1, 0, 0);
    }

    #now(now) {
      const { name, since } = this.#move;
      const into = now - since - REACTION_MS;
      const strip = this.strips[name];
      if (strip && into > 0 && into < 2 * WAY_MS + HOLD_MS) {
        const way = Math.min(into, 2 * WAY_MS + HOLD_MS - into, WAY_MS) / WAY_MS;
        return strip[Math.min(MOTION - 1, Math.floor(way * MOTION))];
      }
      const beat = Math.floor(now / 100) % (2 * NEUTRAL - 2);
      return this.strips.neutral[beat < NEUTRAL ? beat : 2 * NEUTRAL - 2 - beat];
    }

    #shine(now, dx, dy) {
      const seen = this.#lights.findLast(({ since }) => since <= now - LAG_MS);
      const colour = { red: '255 48 48', green: '48 255 48', blue: '48 48 255', cyan: '48 255 255', magenta: '255 48 255', yellow: '255 255 48' };
      if (!seen?.light) return;
      const context = this.#context;
      context.globalCompositeOperation = 'lighter';
      context.fillStyle = `rgb(${colour[seen.light]} / .01)`;
      context.fillRect(0, 0, 640, 480);
      const glow = context.createRadialGradient(320 + dx, 240 + dy, 60, 320 + dx, 240 + dy, 190);
      glow.addColorStop(0, `rgb(${colour[seen.light]} / .06)`);
      glow.addColorStop(1, `rgb(${colour[seen.light]} / 0)`);
      context.fillStyle = glow;
      context.fillRect(0, 0, 640, 480);
    }
  }

  // A browser's own error page has none.
  if (!navigator.mediaDevices) return;
  navigator.mediaDevices.getUserMedia = async () => {
    const strips = { neutral: await strip('neutral', NEUTRAL) };
    await Promise.all(MOVES.map(async (name) => (strips[name] = await strip(name, MOTION))));
    return new Stage(strips).stream();
  };
}
