// Takes the pictures of README: the player's camera step, the page of a case, and the report of its evidence, as the sandbox shows
// them. RASTAU_BIN is the binary. They show one portrait alone, NASA's of Eileen Collins, which is in the public domain.
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { launch, PHONE } from './harness/chromium.mjs';
import { chooseLocale } from './harness/look.mjs';
import { clipOf, makeMedia } from './harness/media.mjs';
import { addPerson } from './harness/people.mjs';
import { withPlayer } from './harness/player.mjs';
import { freePort, ROOT, Service } from './harness/service.mjs';
import { withStaff } from './harness/staff.mjs';
import { refusal } from './harness/watch.mjs';

const OUT = join(ROOT, 'docs/pictures');
const LARGEST = 150_000;
const FACE = 'astronaut';
const DESK = { width: 1280, height: 960 };
const QUALITY = 0.82;
const run = promisify(execFile);

const scratch = mkdtempSync(join(tmpdir(), 'rastau-pictures-'));
const service = new Service({ data: join(scratch, 'data'), port: await freePort() });
try {
  await Promise.all([service.start(), makeMedia(join(scratch, 'media'))]);
  Object.assign(process.env, { RASTAU_URL: service.origin, E2E_MEDIA: join(scratch, 'media'), E2E_SCRATCH: scratch });
  mkdirSync(OUT, { recursive: true });
  await takePlayer();
  await takeReport(await takeCase());
} finally {
  await service.stop();
  rmSync(scratch, { recursive: true, force: true });
}

/** Somebody who is doing what the page asks for. */
function takePlayer() {
  return withPlayer({ face: FACE, seat: 0.5 }, async (player) => {
    const iin = await addPerson(player.origin, { face: FACE, birthDate: '1985-02-03' });
    await player.comeToFace(iin, 'en');
    await player.part('face-start').click();
    await player.page.locator('[data-testid=face][data-phase=capturing][data-command^=turn]').waitFor({ timeout: 60_000 });
    // Amidst the movement, and from the page's top.
    await player.page.waitForTimeout(700);
    await player.page.evaluate(() => scrollTo(0, 0));
    await keep(await player.page.screenshot(), 'player', PHONE);
  });
}

/** Somebody who did nothing that was asked, as staff see it; resolves with the evidence, which takes two to hand on. */
async function takeCase() {
  let bundle;
  await withStaff({ login: 'dana', roles: ['reviewer'] }, (dana) =>
    withStaff({ login: 'erlan', roles: ['supervisor'], expected: [refusal(409)] }, async (erlan) => {
      const iin = await failThrice();
      await dana.join();
      await erlan.join();
      for (const desk of [dana, erlan]) await chooseLocale(desk.page, 'en');
      await dana.find(iin, 'Review of the case');
      const row = dana.part('queue-row').first();
      const id = await row.getAttribute('data-case');
      await row.getByRole('link').first().click();
      await dana.openEvidence('Review of the case');
      await dana.page.setViewportSize(DESK);
      await dana.page.evaluate(() => scrollTo(0, 0));
      const faces = dana.page.locator('img[data-testid^=picture-]');
      await faces.nth(1).waitFor();
      for (const face of await faces.all()) await face.evaluate((image) => image.decode());
      await keep(await dana.page.screenshot(), 'console', DESK);
      await dana.part('open-capture').click();
      await dana.ask('export', 'Request of a court');
      await erlan.allow(id);
      bundle = await dana.fetchBundle();
    }),
  );
  return bundle;
}

async function failThrice() {
  let iin;
  await withPlayer({ clip: clipOf(FACE) }, async (player) => {
    iin = await addPerson(player.origin, { face: FACE, birthDate: '1984-05-06' });
    await player.comeToFace(iin, 'en');
    for (const expected of ['retry', 'retry', 'decided']) {
      const seen = await player.showFace();
      if (seen !== expected) throw new Error(`the capture ended with ${seen}, not ${expected}`);
    }
  });
  return iin;
}

/** The report that lies in what is handed on, opened as a court would. */
async function takeReport(bundle) {
  const folder = join(scratch, 'bundle');
  await run('python3', ['-m', 'zipfile', '-e', bundle, folder]);
  const { stdout } = await run('find', [folder, '-name', 'report.html']);
  const browser = await launch({ camera: null });
  try {
    const page = await browser.newPage({ viewport: DESK });
    await page.goto(pathToFileURL(stdout.trim()).href);
    await keep(await page.screenshot(), 'report', DESK);
  } finally {
    await browser.close();
  }
}

/** As WebP, of the size that it was taken in. */
async function keep(png, name, { width, height }) {
  const browser = await launch({ camera: null });
  try {
    const page = await browser.newPage();
    const webp = await page.evaluate(
      async ({ data, width, height, quality }) => {
        const bitmap = await createImageBitmap(await (await fetch(`data:image/png;base64,${data}`)).blob());
        const canvas = Object.assign(document.createElement('canvas'), { width, height });
        canvas.getContext('2d').drawImage(bitmap, 0, 0, width, height);
        return canvas.toDataURL('image/webp', quality).split(',')[1];
      },
      { data: png.toString('base64'), width, height, quality: QUALITY },
    );
    const bytes = Buffer.from(webp, 'base64');
    if (bytes.length > LARGEST) throw new Error(`${name} has ${bytes.length} bytes, more than ${LARGEST}`);
    writeFileSync(join(OUT, `${name}.webp`), bytes);
    console.log(`docs/pictures/${name}.webp: ${width} x ${height}, ${bytes.length} bytes`);
  } finally {
    await browser.close();
  }
}
