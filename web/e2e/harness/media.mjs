import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { binary, ROOT } from './service.mjs';

const FACES = ['astronaut', 'colleague', 'doubted'];
const PHOTOS = ['astronaut', 'doubted'];
const run = promisify(execFile);

/** Clips, motions and ID photos of the demo's faces, made by the binary itself. */
export async function makeMedia(folder) {
  mkdirSync(folder, { recursive: true });
  const make = (kind, face, ...args) => run(binary(), ['demo', kind, '--face', face, ...args], { cwd: ROOT });
  const film = (face) => make('clip', face, '--out', join(folder, `${face}.mjpeg`), '--motions', join(folder, face));
  await Promise.all(FACES.map(film));
  await Promise.all(PHOTOS.map((face) => make('photo', face, '--out', join(folder, `${face}.jpg`))));
}

/** What a browser's fake camera plays: somebody who looks straight and does nothing that is asked. */
export const clipOf = (face) => join(process.env.E2E_MEDIA, `${face}.mjpeg`);

/** A folder of pictures of somebody in motion. */
export const motionsOf = (face) => join(process.env.E2E_MEDIA, face);

/** An ID photo of the same person, taken at another moment. */
export const photoOf = (face) => join(process.env.E2E_MEDIA, `${face}.jpg`);
