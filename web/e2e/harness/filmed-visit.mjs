import assert from 'node:assert/strict';
import { film, snapshot } from './film.mjs';
import { freeIin, join } from './people.mjs';
import { withPlayer } from './player.mjs';

/** As long as a capture may last, and a little more. */
const LONGEST_MS = 100_000;

/**
 * Plays a filmed clip before the camera, under an ID photo out of the very same film, so that it is not the comparison that
 * refuses. Returns what was shown, and why it is to be tried again.
 */
export async function visit(clip) {
  const camera = await film(clip);
  let seen;
  await withPlayer({ clip: camera }, async (player) => {
    const { page, origin } = player;
    await page.goto(new URL('/sandbox/', origin).href);
    const iin = await freeIin(origin);
    await join(origin, iin, await page.evaluate(snapshot));
    await player.comeToFace(iin, 'en');
    await page.evaluate(watchFace);
    await player.part('face-start').click();
    assert.equal(await player.faceEnds(LONGEST_MS), 'retry');
    const code = await player.part('face-retry').getAttribute('data-code');
    seen = { ...(await page.evaluate(() => window.seenOfFace)), code };
  });
  return seen;
}

/** In the page: notes hints and commands as they come. */
function watchFace() {
  window.seenOfFace = { hints: [], commands: [] };
  const { hints, commands } = window.seenOfFace;
  setInterval(() => {
    const hint = document.querySelector('[data-testid=face-hint]')?.dataset.code ?? '';
    if (hints.at(-1) !== hint) hints.push(hint);
    const command = document.querySelector('[data-testid=face]')?.dataset.command;
    if (command && commands.at(-1) !== command) commands.push(command);
  }, 100);
}
