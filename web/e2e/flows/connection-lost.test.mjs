import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { look, lookInEachLanguage } from '../harness/look.mjs';
import { addPerson } from '../harness/people.mjs';
import { withPlayer } from '../harness/player.mjs';
import { freePort, Service } from '../harness/service.mjs';

const GONE = /net::ERR_|WebSocket connection to|500|502/;

// The runner stops a flow by this signal, and the services below must not outlive it.
process.once('SIGTERM', () => process.exit(1));

/** A service of this flow's own, so that nobody else misses it. */
async function withService(name, story) {
  const service = new Service({ data: join(process.env.E2E_SCRATCH, name), port: await freePort() });
  try {
    await service.start();
    await story(service);
  } finally {
    await service.stop();
  }
}

const capturing = (page) => page.locator('[data-testid=face][data-phase=capturing]').waitFor();

test('a service that goes away in the middle is told as a lost connection; when it is back the player goes on', () =>
  withService('killed', (service) =>
    withPlayer({ face: 'astronaut', origin: service.origin, expected: [GONE] }, async (player) => {
      const { page } = player;
      const iin = await addPerson(service.origin, { face: 'astronaut', birthDate: '1990-01-01' });
      await player.comeToFace(iin);
      await player.part('face-start').click();
      await capturing(page);
      await service.kill();
      assert.equal(await player.faceEnds(), 'lost');
      await lookInEachLanguage(page, 'face-lost');
      assert.equal(await player.showFace(), 'lost', 'still away');

      await page.reload().catch(() => {});
      await service.start();
      await page.goto(new URL('/verify/', service.origin).href);
      await player.onPage('face');
      assert.equal(await player.showFace(), 'contact');
      await player.proveContact(iin);

      await service.kill();
      await player.part('enrol-passkey').click();
      await page.locator('[data-testid=problem][data-code=network]').waitFor();
      await look(page, 'service-down');
      await service.start();
      await player.part('enrol-totp').click();
      await player.part('totp-qr').waitFor();
    }),
  ));

test('a connection that falls silent is given up after a while, and the next go passes', () =>
  withService('silent', (service) =>
    withPlayer({ face: 'astronaut', origin: service.origin, expected: [GONE] }, async (player) => {
      const iin = await addPerson(service.origin, { face: 'astronaut', birthDate: '1990-01-01' });
      await player.comeToFace(iin, 'en');
      await player.part('face-start').click();
      await capturing(player.page);
      service.pause();
      assert.equal(await player.faceEnds(), 'lost');
      service.resume();
      assert.equal(await player.showFace(), 'contact');
    }),
  ));

test('a player whose network fails sees it, and goes on when it is back', () =>
  withPlayer({ face: 'astronaut', expected: [GONE] }, async (player) => {
    const { page, origin } = player;
    const iin = await addPerson(origin, { face: 'astronaut', birthDate: '1990-01-01' });
    await player.play();
    await player.part('consent-accept').check();
    await page.context().setOffline(true);
    await player.part('consent-continue').click();
    await page.locator('[data-testid=problem][data-code=network]').waitFor();
    await page.context().setOffline(false);
    await player.part('consent-continue').click();
    await player.onPage('identify');
    await player.identify(iin);

    // The page is there already, only its first question to the server fails.
    await page.route('**/api/player/verification', (route) => route.abort());
    await page.reload();
    await player.onPage('unreachable');
    await lookInEachLanguage(page, 'unreachable');
    await page.unroute('**/api/player/verification');
    await player.part('reload').click();
    await player.onPage('face');
  }));
