// The face page in a real browser towards a server that follows a script: what it shows, sends, and does when a line breaks.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertSpoken } from '../harness/language.mjs';
import { assertLit, look, lookInEachLanguage, picture } from '../harness/look.mjs';
import { withPlayer } from '../harness/player.mjs';
import { ORIGIN, ScriptedServer } from '../harness/scripted-server.mjs';
import { refusal } from '../harness/watch.mjs';

const COMMANDS = ['turn_left', 'turn_right', 'look_up', 'look_down', 'open_mouth', 'blink', 'come_closer'];
const EDGES = { turn_left: 'left', turn_right: 'right', look_up: 'up', look_down: 'down' };
const LIGHTS = { red: '#ff3030', green: '#30ff30', blue: '#3030ff', cyan: '#30ffff', magenta: '#ff30ff', yellow: '#ffff30' };

/** A player on the face page, the server following `script`. */
function withFacePage(options, script, story) {
  return withPlayer({ origin: ORIGIN, ...options }, async (player) => {
    const server = new ScriptedServer(script);
    await server.attach(player.page);
    await options.before?.(player, server);
    await player.page.goto(new URL('/verify/', ORIGIN).href);
    await story(player, server);
    if (server.trouble) throw server.trouble;
  });
}

/** Waits until the page shows what carries this attribute. */
const shows = (page, attributes) => page.locator(`[data-testid=face]${attributes}`).waitFor();

function assertChained(capture) {
  assert.ok(capture.frames.length > 0);
  for (const [at, frame] of capture.frames.entries()) {
    assert.deepEqual([frame.version, frame.sequence, frame.linked], [2, at + 1, true], `frame ${at + 1}`);
    const before = capture.frames[at - 1];
    if (before) assert.ok(frame.capturedAt > before.capturedAt && frame.index >= before.index, `frame ${at + 1} goes back`);
  }
}

test('the page shows what the server says and nothing else, and its frames are chained', () => {
  /** The test says when the server goes on. */
  let next;
  const wait = () => new Promise((resolve) => (next = resolve));
  const script = async (capture) => {
    await wait();
    capture.show();
    await wait();
    for (const [at, [light, colour]] of Object.entries(LIGHTS).entries()) {
      capture.show({ light, colour, number: at + 1, of: 6 });
      await wait();
    }
    for (const [at, command] of COMMANDS.entries()) {
      capture.code = 'follow';
      capture.progress = at / COMMANDS.length;
      capture.show({ command, number: at + 1, of: COMMANDS.length });
      await wait();
      capture.code = 'hold_still';
      capture.show();
      await wait();
    }
  };
  return withFacePage({}, script, async (player, server) => {
    const { page } = player;
    await lookInEachLanguage(page, 'face-intro');
    await player.part('face-start').click();
    await shows(page, '[data-phase=capturing]');
    const [capture] = server.captures;
    assert.deepEqual([capture.way, capture.lights, capture.locale], ['socket', true, 'ru']);
    const goOn = async (attributes) => {
      next();
      await shows(page, attributes);
      await capture.seen();
    };
    await goOn('[data-index="1"]');
    await picture(page, 'face-straight-first');
    for (const [light, colour] of Object.entries(LIGHTS)) {
      await goOn(`[data-light=${light}]`);
      await assertLit(page, colour);
      await picture(page, `face-light-${light}`);
    }
    for (const command of COMMANDS) {
      const spoken = assertSpoken();
      await goOn(`[data-command=${command}]`);
      await spoken(player.part('face-hint'), 'ru');
      const edges = await page.getByTestId('face-arrow').evaluateAll((arrows) => arrows.map((arrow) => arrow.dataset.edge));
      assert.deepEqual(edges, EDGES[command] ? [EDGES[command]] : []);
      await picture(page, `face-command-${command}`);
      await goOn('[data-command=""]');
    }
    await picture(page, 'face-straight');
    assert.equal(await page.getByTestId('face-light').count(), 0);
    assertChained(capture);
    assert.equal(capture.camera.type, 'camera');
    assert.deepEqual([capture.camera.width, capture.camera.height], [640, 480]);
    capture.end('retry', server.view, { reason: 'capture_retry', text: 'Не получилось.' });
    assert.equal(await player.faceEnds(), 'retry');
    await lookInEachLanguage(page, 'face-retry');
  });
});

test('every command is said in each language, and looks right', () => {
  let next;
  const script = async (capture) => {
    capture.show();
    for (const command of COMMANDS) {
      await new Promise((resolve) => (next = resolve));
      capture.code = 'follow';
      capture.show({ command, number: 2, of: 3 });
    }
  };
  return withFacePage({}, script, async (player) => {
    const { page } = player;
    await player.part('face-start').click();
    await shows(page, '[data-index="1"]');
    for (const command of COMMANDS) {
      next();
      await shows(page, `[data-command=${command}]`);
      const spoken = assertSpoken();
      await lookInEachLanguage(page, `face-command-${command}`, (locale) => spoken(player.part('face-hint'), locale));
    }
  });
});

test('who wants no flashes says so, and is asked for two movements more', () =>
  withFacePage(
    {},
    async (capture) => void capture.show(),
    async (player, server) => {
      const { page } = player;
      assert.equal(await player.part('face-plan').locator('li').count(), 3);
      await player.part('face-calm').check();
      assert.equal(await player.part('face-plan').locator('li').count(), 2);
      await lookInEachLanguage(page, 'face-intro-calm');
      await player.part('face-start').click();
      await shows(page, '[data-index="1"]');
      assert.equal(server.captures[0].lights, false);
    },
  ));

test('who wants no movement on the screen is offered the way without flashes', () => {
  const before = ({ page }) => page.emulateMedia({ reducedMotion: 'reduce' });
  const script = async (capture) => void capture.show({ command: 'look_up', number: 1, of: 5 });
  return withFacePage({ before }, script, async (player, server) => {
    assert.ok(await player.part('face-calm').isChecked());
    await player.part('face-start').click();
    await shows(player.page, '[data-command=look_up]');
    assert.equal(server.captures[0].lights, false);
    await picture(player.page, 'face-command-without-motion');
    await player.page.reload();
    await player.part('face-calm').uncheck();
    await player.part('face-start').click();
    await shows(player.page, '[data-command=look_up]');
    assert.equal(server.captures[1].lights, true);
  });
});

test('where WebSockets are blocked the page goes over HTTPS by itself, and keeps to it', () => {
  const before = (_player, server) => (server.sockets = false);
  const script = async (capture) => {
    capture.show();
    await capture.seen(3);
    capture.show({ command: 'blink', number: 1, of: 3 });
    await capture.seen(3);
    capture.end('retry', { stage: 'face' }, { reason: 'capture_retry', text: 'Не получилось.' });
  };
  return withFacePage(
    { before, expected: [/WebSocket/] },
    async (capture, number) => script(capture, number),
    async (player, server) => {
      // The result's view stands in for the server's own.
      const { view } = server;
      server.script = async (capture) => {
        capture.end = (
          (end) => (result, _view, why) =>
            end.call(capture, result, view, why)
        )(capture.end);
        await script(capture);
      };
      assert.equal(await player.showFace(), 'retry');
      const [capture] = server.captures;
      assert.deepEqual([capture.way, server.captures.length], ['posts', 1]);
      assert.equal(capture.camera.width, 640);
      assertChained(capture);
      assert.ok(
        capture.frames.some(({ index }) => index === 2),
        'frames came after the command was painted',
      );
      server.sockets = true;
      await player.page.reload();
      assert.equal(await player.showFace(), 'retry');
      assert.equal(server.captures[1].way, 'posts', 'the visit goes on over what worked');
    },
  );
});

test('a connection that is cut is begun anew by itself, with other commands; a second one waits for the player', () => {
  const ASKED = ['turn_left', 'open_mouth', 'blink'];
  const script = async (capture, number) => {
    capture.show();
    await capture.seen(2);
    capture.show({ command: ASKED[number], number: 1, of: 3 });
  };
  return withFacePage({}, script, async (player, server) => {
    const { page } = player;
    await player.part('face-start').click();
    await shows(page, '[data-command=turn_left]');
    server.captures[0].cut();
    await shows(page, '[data-command=""]');
    const spoken = assertSpoken();
    await lookInEachLanguage(page, 'face-again', (locale) => spoken(player.part('face-hint'), locale));
    await shows(page, '[data-command=open_mouth]');
    await server.captures[1].seen();
    assertChained(server.captures[1]);
    server.captures[1].cut();
    assert.equal(await player.faceEnds(), 'lost');
    await lookInEachLanguage(page, 'face-lost');
    assert.equal(server.captures.length, 2);
    await player.part('face-start').click();
    await shows(page, '[data-command=blink]');
  });
});

test('a capture that is lost over HTTPS is begun anew, too', () => {
  const before = (_player, server) => (server.sockets = false);
  const script = async (capture, number) => {
    capture.show({ command: ['look_up', 'look_down'][number], number: 1, of: 3 });
  };
  return withFacePage({ before, expected: [/WebSocket/, refusal(404)] }, script, async (player, server) => {
    await player.part('face-start').click();
    await shows(player.page, '[data-command=look_up]');
    server.captures[0].cut();
    await shows(player.page, '[data-command=look_down]');
    assert.equal(server.captures.length, 2);
  });
});

test('a locked face sees how long, and the page opens again by itself', () => {
  const before = (_player, server) => (server.view.face.locked_until = new Date(Date.now() + 1_805_000).toISOString());
  return withFacePage({ before }, undefined, async (player, server) => {
    const { page } = player;
    await player.part('locked').waitFor();
    const spoken = assertSpoken();
    // The verification itself ends before the lock does.
    await lookInEachLanguage(page, 'face-locked-over', (locale) => spoken(player.part('locked-later'), locale));
    server.view.face.locked_until = new Date(Date.now() + 4_000).toISOString();
    await page.reload();
    await player.part('locked').waitFor();
    await look(page, 'face-locked');
    server.view.face.locked_until = null;
    await player.part('face-start').waitFor();
    assert.equal(await player.part('locked').count(), 0);
  });
});

test('a lock that only the refused capture tells of is shown with its time', () => {
  const before = (_player, server) => {
    server.sockets = false;
    server.refusal = { code: 'face_locked', status: 429, detail: 'Подождите.', retry_after: 3 };
  };
  return withFacePage({ before, expected: [/WebSocket/, refusal(429)] }, undefined, async (player, server) => {
    await player.part('face-start').click();
    await player.part('locked').waitFor();
    assert.match(await player.part('locked-countdown').textContent(), /^0:0[1-3]$/);
    server.refusal = null;
    await player.part('face-start').waitFor();
  });
});
