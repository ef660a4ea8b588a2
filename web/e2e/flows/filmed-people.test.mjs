// Filmed people before a real browser's camera: they get hints that fit, do not do what is asked, and do not pass.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { film, hasFilms, snapshot } from '../harness/film.mjs';
import { freeIin, join } from '../harness/people.mjs';
import { withPlayer } from '../harness/player.mjs';

/** What may be said to somebody who sits before a camera as these do. */
const FITTING = new Set(['hold_still', 'follow', 'face_turned', 'face_too_small', 'face_cut_off', 'blurred', '']);

for (const [name, told] of [
  ['krzysiek_real.mp4', 'a living person on film'],
  ['wolf_fake_replay.mp4', 'a screen on film'],
]) {
  test(`${told} is asked, does not follow, and does not pass`, { skip: !hasFilms && 'no filmed people here' }, async (t) => {
    const clip = await film(name);
    await withPlayer({ clip }, async (player) => {
      const { page, origin } = player;
      await page.goto(new URL('/sandbox/', origin).href);
      // The ID photo is of the very same film: it is not the comparison that refuses.
      const iin = await freeIin(origin);
      await join(origin, iin, await page.evaluate(snapshot));
      await player.comeToFace(iin, 'en');
      await page.evaluate(watchFace);
      assert.equal(await player.showFace(), 'retry');
      const { hints, commands } = await page.evaluate(() => window.seenOfFace);
      t.diagnostic(`hints: ${hints.join(', ')}; commands: ${commands.join(', ')}`);
      for (const hint of hints) assert.ok(FITTING.has(hint), `${hint} does not fit`);
      const code = await player.part('face-retry').getAttribute('data-code');
      assert.ok(['capture_retry', 'capture_timeout'].includes(code), code);
      assert.ok(code === 'capture_timeout' || commands.length >= 2, 'commands were shown');
    });
  });
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
