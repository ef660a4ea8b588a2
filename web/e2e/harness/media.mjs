import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { binary, ROOT } from './service.mjs';

const CLIPS = ['astronaut', 'colleague', 'doubted'];
const PHOTOS = ['astronaut', 'doubted'];
const run = promisify(execFile);

/** Camera clips and ID photos of the demo's faces, made by the binary itself. */
export async function makeMedia(folder) {
  mkdirSync(folder, { recursive: true });
  const make = (kind, face, out) => run(binary(), ['demo', kind, '--face', face, '--out', out], { cwd: ROOT });
  await Promise.all(CLIPS.map((face) => make('clip', face, join(folder, `${face}.mjpeg`))));
  await Promise.all(PHOTOS.map((face) => make('photo', face, join(folder, `${face}.jpg`))));
}

/** What a browser's fake camera plays. */
export const clipOf = (face) => join(process.env.E2E_MEDIA, `${face}.mjpeg`);

/** An ID photo of the same person, taken at another moment. */
export const photoOf = (face) => join(process.env.E2E_MEDIA, `${face}.jpg`);
