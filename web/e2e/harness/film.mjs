import { execFile } from 'node:child_process';
import { appendFileSync, existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { binary, ROOT } from './service.mjs';

/** Filmed people, who are never copied into the repository; tests of them are skipped where they are not. */
const CLIPS = join(ROOT, '../shared/eval/clips');
const HEADER_BYTES = 12;
const WIDTH = 640;
const HEIGHT = 480;
const RATE = 25;
/** Enough for a browser that plays a film again and again. */
const MOST_FRAMES = 150;

export const hasFilms = existsSync(CLIPS);

// Told at the end of the run, beside what the other tests left out.
if (!hasFilms && process.env.RASTAU_LEFT_OUT) appendFileSync(process.env.RASTAU_LEFT_OUT, 'browser flows on filmed people: they are not part of the project\n');

/** Writes a filmed clip as a browser's fake camera plays it (YUV4MPEG2, 640 x 480), and returns the file. */
export async function film(name) {
  const options = { encoding: 'buffer', maxBuffer: 2 ** 31 - 1 };
  const { stdout } = await promisify(execFile)(join(dirname(binary()), 'rastau-clip'), [join(CLIPS, name)], options);
  const parts = [Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F${RATE}:1 Ip A1:1 C420jpeg\n`)];
  for (let at = 0, count = 0; at + HEADER_BYTES < stdout.length && count < MOST_FRAMES; count += 1) {
    const [width, height] = [stdout.readUInt32LE(at + 4), stdout.readUInt32LE(at + 8)];
    const end = at + HEADER_BYTES + width * height * 3;
    parts.push(Buffer.from('FRAME\n'), planes(stdout.subarray(at + HEADER_BYTES, end), width, height));
    at = end;
  }
  const file = join(process.env.E2E_SCRATCH, `${name}.y4m`);
  await writeFile(file, Buffer.concat(parts));
  return file;
}

/** Luma and chroma of the middle of a picture that fills 640 x 480, each pixel the mean of those it covers. */
function planes(rgb, width, height) {
  const scale = Math.min(width / WIDTH, height / HEIGHT);
  const [left, top] = [(width - WIDTH * scale) / 2, (height - HEIGHT * scale) / 2];
  const out = Buffer.alloc((WIDTH * HEIGHT * 3) / 2, 128);
  const chroma = [WIDTH * HEIGHT, (WIDTH * HEIGHT * 5) / 4];
  for (let y = 0; y < HEIGHT; y += 1) {
    for (let x = 0; x < WIDTH; x += 1) {
      const [r, g, b] = mean(rgb, width, height, left + x * scale, top + y * scale, scale);
      out[y * WIDTH + x] = 0.299 * r + 0.587 * g + 0.114 * b;
      if (y % 2 || x % 2) continue;
      const at = (y / 2) * (WIDTH / 2) + x / 2;
      out[chroma[0] + at] = clamp(128 - 0.168736 * r - 0.331264 * g + 0.5 * b);
      out[chroma[1] + at] = clamp(128 + 0.5 * r - 0.418688 * g - 0.081312 * b);
    }
  }
  return out;
}

function mean(rgb, width, height, x, y, scale) {
  const sum = [0, 0, 0];
  let count = 0;
  for (let row = Math.floor(y); row < Math.max(y + scale, Math.floor(y) + 1) && row < height; row += 1) {
    for (let column = Math.floor(x); column < Math.max(x + scale, Math.floor(x) + 1) && column < width; column += 1) {
      const at = (row * width + column) * 3;
      sum[0] += rgb[at];
      sum[1] += rgb[at + 1];
      sum[2] += rgb[at + 2];
      count += 1;
    }
  }
  return sum.map((value) => value / Math.max(count, 1));
}

const clamp = (value) => Math.max(0, Math.min(255, Math.round(value)));

/** In a page that may use the camera: one frame of it, as base64 JPEG. */
export async function snapshot() {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 480 } });
  const video = Object.assign(document.createElement('video'), { srcObject: stream, muted: true });
  await video.play();
  const canvas = Object.assign(document.createElement('canvas'), { width: video.videoWidth, height: video.videoHeight });
  canvas.getContext('2d').drawImage(video, 0, 0);
  for (const track of stream.getTracks()) track.stop();
  return canvas.toDataURL('image/jpeg', 0.95).split(',')[1];
}
