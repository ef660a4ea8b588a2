// What cameras and browsers do in the wild: each is said for what it is, costs nothing on the page's side, and can be got over.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lookInEachLanguage, look, picture } from '../harness/look.mjs';
import { assertSpoken } from '../harness/language.mjs';
import { happens, withOwnCamera } from '../harness/own-camera.mjs';
import { withPlayer } from '../harness/player.mjs';
import { ORIGIN, ScriptedServer } from '../harness/scripted-server.mjs';
import { translate } from '../harness/translator.mjs';

const SITE = 'https://bet.example';
const LANDSCAPE = { width: 740, height: 360 };
const TELEGRAM = 'Mozilla/5.0 (Linux; Android 14; SM-A546E) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36 Telegram-Android/11.4.2';
const WEBVIEW = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148';

/** A player before the camera that `wishes` describe, the server following `script`. */
function withWildCamera(wishes, script, story, expected = []) {
  return withPlayer({ origin: ORIGIN, expected }, async (player) => {
    const { page } = player;
    const server = new ScriptedServer(script);
    server.view.operator.site = SITE;
    await server.attach(page);
    await withOwnCamera(page, wishes);
    await page.goto(new URL('/verify/', ORIGIN).href);
    await story(player, server);
    if (server.trouble) throw server.trouble;
  });
}

/** Straight, and then a command after so many frames. */
const commands = (after) => async (capture) => {
  capture.show();
  await capture.seen(after);
  capture.code = 'follow';
  capture.show({ command: 'turn_left', number: 1, of: 3 });
};
const shows = (page, attributes) => page.locator(`[data-testid=face]${attributes}`).waitFor();

async function onItsSide(page, name) {
  const usual = page.viewportSize();
  await page.setViewportSize(LANDSCAPE);
  await page.locator('[data-testid=face-start], [data-testid=face-video]').last().scrollIntoViewIfNeeded();
  await picture(page, `${name}.landscape`);
  await page.setViewportSize(usual);
}

/** A camera that is taken away under a command. */
async function takenBy(change, name) {
  await withWildCamera({}, commands(2), async (player, server) => {
    const { page } = player;
    await player.part('face-start').click();
    await shows(page, '[data-command=turn_left]');
    await server.captures[0].seen(2);
    await happens(page, change);
    assert.equal(await player.faceEnds(15_000), 'taken');
    assert.equal(server.captures[0].givenUp, true, 'the server is told that the camera was taken away');
    assert.equal(await page.evaluate(() => document.querySelector('video').srcObject.getTracks()[0].readyState), 'ended');
    await lookInEachLanguage(page, `camera-taken-${name}`);
    await onItsSide(page, `camera-taken-${name}`);
    await happens(page, { picture: 'live', muted: false });
    await player.part('face-start').click();
    await shows(page, '[data-command=turn_left]');
    assert.equal(server.captures.length, 2);
  });
}

test('black pictures are a camera that was taken away', () => takenBy({ picture: 'black' }, 'black'));
test('pictures that stand still are, too', () => takenBy({ picture: 'frozen' }, 'frozen'));
test('and so is a track that a call has muted', () => takenBy({ muted: true }, 'muted'));

test('over HTTPS the server is told, too', () =>
  withWildCamera(
    {},
    commands(2),
    async (player, server) => {
      server.sockets = false;
      await player.part('face-start').click();
      await shows(player.page, '[data-command=turn_left]');
      await happens(player.page, { muted: true });
      assert.equal(await player.faceEnds(15_000), 'taken');
      await player.page.waitForFunction(() => true);
      assert.equal(server.captures[0].way, 'posts');
      assert.ok(
        server.asked.some((one) => one.endsWith('/give-up')),
        server.asked.join('\n'),
      );
    },
    [/WebSocket/],
  ));

test('a live camera stays on for as long as it is wanted', () =>
  withWildCamera({}, commands(80), async (player, server) => {
    await player.part('face-start').click();
    await shows(player.page, '[data-command=turn_left]');
    assert.equal(server.captures.length, 1);
  }));

for (const userAgent of [TELEGRAM, WEBVIEW]) {
  const name = userAgent === TELEGRAM ? 'telegram' : 'webview';
  test(`a browser inside an app that refuses at once leads to the operator's site elsewhere: ${name}`, () =>
    withWildCamera({ userAgent, refuses: 'NotAllowedError', permission: 'denied' }, undefined, async (player) => {
      const { page } = player;
      assert.equal(await player.part('face-inside').count(), name === 'telegram' ? 1 : 0);
      if (name === 'telegram') await lookInEachLanguage(page, 'face-intro-inside');
      await player.part('face-start').click();
      assert.equal(await player.faceEnds(), 'denied');
      const message = player.part('face-message');
      assert.doesNotMatch(await message.textContent(), /значок/);
      assert.equal(await player.part('elsewhere-site').textContent(), SITE);
      const chrome = player.part('elsewhere-chrome');
      if (name === 'telegram') assert.match(await chrome.getAttribute('href'), /^intent:\/\/bet\.example\/#Intent;scheme=https;package=com\.android\.chrome;/);
      else assert.equal(await chrome.count(), 0);
      await page.evaluate(() => {
        globalThis.copied = [];
        navigator.clipboard.writeText = async (text) => void globalThis.copied.push(text);
      });
      await player.part('elsewhere-copy').click();
      assert.deepEqual(await page.evaluate(() => globalThis.copied), [SITE]);
      await lookInEachLanguage(page, `camera-inside-${name}`);
    }));
}

test('a browser without any way to the camera leads there, too', () =>
  withPlayer({ origin: ORIGIN }, async (player) => {
    const { page } = player;
    const server = new ScriptedServer();
    server.view.operator.site = SITE;
    await server.attach(page);
    await page.addInitScript(() => Object.defineProperty(navigator, 'mediaDevices', { value: undefined }));
    await page.goto(new URL('/verify/', ORIGIN).href);
    await player.part('face-start').click();
    assert.equal(await player.faceEnds(), 'unsupported');
    assert.equal(await player.part('elsewhere-site').textContent(), SITE);
    await lookInEachLanguage(page, 'camera-unsupported');
  }));

test('without the newer clipboard the address is copied in the older way', () =>
  withWildCamera({ userAgent: TELEGRAM, refuses: 'NotAllowedError' }, undefined, async (player) => {
    const { page } = player;
    await page.evaluate(() => {
      Object.defineProperty(navigator, 'clipboard', { value: undefined });
      document.addEventListener('copy', () => (globalThis.copied = document.activeElement.value));
    });
    await player.part('elsewhere-copy').click();
    assert.equal(await page.evaluate(() => globalThis.copied), SITE);
  }));

test('a refusal that nobody was asked about is no refusal of the player', () =>
  withWildCamera({ refuses: 'NotAllowedError', permission: 'prompt' }, undefined, async (player) => {
    await player.part('face-start').click();
    assert.equal(await player.faceEnds(), 'unasked');
    await lookInEachLanguage(player.page, 'camera-unasked');
    await onItsSide(player.page, 'camera-unasked');
  }));

test('a question that nobody asks or answers is spoken of after a while, and may be answered after all', () =>
  withWildCamera({ refuses: 'never', permission: 'prompt' }, commands(2), async (player) => {
    const { page } = player;
    await player.part('face-start').click();
    await shows(page, '[data-phase=asking]');
    assert.equal(await player.part('face-unanswered').count(), 0);
    await player.part('face-unanswered').waitFor({ timeout: 25_000 });
    await lookInEachLanguage(page, 'camera-unanswered');
    await page.evaluate(() => globalThis.wild.allow());
    await shows(page, '[data-command=turn_left]');
    assert.equal(await player.part('face-unanswered').count(), 0);
  }));

test('a video that wants a touch gets one', () =>
  withWildCamera({ touch: true }, commands(2), async (player, server) => {
    const { page } = player;
    await player.part('face-start').click();
    await shows(page, '[data-phase=touch]');
    await lookInEachLanguage(page, 'camera-touch');
    await onItsSide(page, 'camera-touch');
    assert.equal(server.captures.length, 0, 'nothing is begun, and no attempt used');
    await player.part('face-touch').click();
    await shows(page, '[data-command=turn_left]');
  }));

for (const canvas of ['nothing', 'never', 'noise']) {
  test(`a canvas that gives back ${canvas} is said, before anybody is asked for the camera`, () =>
    withWildCamera({ canvas }, undefined, async (player, server) => {
      await player.part('face-start').click();
      assert.equal(await player.faceEnds(), 'unreadable');
      assert.equal(server.captures.length, 0);
      assert.deepEqual(await player.page.evaluate(() => globalThis.wild.opened), []);
      if (canvas === 'noise') await lookInEachLanguage(player.page, 'camera-unreadable');
    }));
}

test('a real camera is taken before a program, and another may be chosen, by keys alone, for the whole visit', () =>
  withWildCamera(
    { cameras: ['OBS Virtual Camera', 'Integrated Webcam', 'USB Camera'], permission: 'prompt' },
    async (capture) => void capture.show(),
    async (player, server) => {
      const { page } = player;
      const opened = () => page.evaluate(() => globalThis.wild.opened);
      const choice = player.part('face-camera');
      assert.equal(await choice.count(), 0, 'before one was allowed nobody knows their names');
      await player.part('face-start').click();
      await shows(page, '[data-index="1"]');
      assert.deepEqual(await opened(), ['OBS Virtual Camera', 'Integrated Webcam']);
      assert.equal(server.captures[0].camera.label, 'Integrated Webcam');
      assert.equal(await choice.inputValue(), 'camera-1');
      assert.deepEqual(await choice.locator('option').allTextContents(), ['OBS Virtual Camera', 'Integrated Webcam', 'USB Camera']);
      await lookInEachLanguage(page, 'camera-choice');
      await onItsSide(page, 'camera-choice');
      await choice.focus();
      await page.keyboard.press('ArrowDown');
      await page.waitForFunction(() => globalThis.wild.opened.length === 3);
      await shows(page, '[data-index="1"]');
      assert.equal((await opened()).at(-1), 'USB Camera');
      assert.equal(server.captures.at(-1).camera.label, 'USB Camera');
      assert.equal(await choice.inputValue(), 'camera-2');
      await page.reload();
      await player.part('face-start').click();
      await shows(page, '[data-index="1"]');
      assert.deepEqual(await opened(), ['USB Camera']);
    },
  ));

test('while something is asked for nobody changes the camera by mistake', () =>
  withWildCamera({ cameras: ['One', 'Two'] }, commands(1), async (player) => {
    await player.part('face-start').click();
    await shows(player.page, '[data-command=turn_left]');
    assert.equal(await player.part('face-camera').count(), 0);
  }));

test('a mirrored camera is said, with the way to another one', () =>
  withWildCamera(
    { cameras: ['One', 'Two'] },
    async (capture) => void capture.show(),
    async (player, server) => {
      const { page } = player;
      await player.part('face-start').click();
      await shows(page, '[data-index="1"]');
      server.captures[0].end('retry', server.view, { reason: 'capture_mirrored', text: 'Вы повернули голову в другую сторону.' });
      assert.equal(await player.faceEnds(), 'retry');
      const spoken = assertSpoken();
      await lookInEachLanguage(page, 'face-retry-mirrored', (locale) => spoken(player.part('face-retry'), locale));
      await player.part('face-camera').waitFor();
    },
  ));

test('a face that is not upright is asked to be turned', async () => {
  const script = async (capture) => {
    capture.code = 'not_upright';
    capture.show();
  };
  await withWildCamera({}, script, async (player) => {
    await player.part('face-start').click();
    await player.page.locator('[data-testid=face-hint][data-code=not_upright]').waitFor();
    const spoken = assertSpoken();
    await lookInEachLanguage(player.page, 'face-not-upright', (locale) => spoken(player.part('face-hint'), locale));
  });
});

// Chrome leaves alone what says so; what does not listen must not leave an old sentence on the page either.
for (const forced of [false, true]) {
  test(`a translator ${forced ? 'that does not listen' : 'as Chrome has it'} keeps no instruction from the player`, () => {
    const ASKED = ['turn_left', 'come_closer', 'look_down'];
    let next = () => {};
    const script = async (capture) => {
      capture.show();
      for (const [at, command] of ASKED.entries()) {
        await new Promise((resolve) => (next = resolve));
        capture.code = 'follow';
        capture.show({ command, number: at + 1, of: 3 });
      }
    };
    return withWildCamera({}, script, async (player) => {
      const { page } = player;
      const taken = await translate(page, { forced });
      assert.equal(taken > 0, forced);
      await player.part('face-start').click();
      await shows(page, '[data-index="1"]');
      const told = [];
      for (const [at, command] of ASKED.entries()) {
        next();
        await shows(page, `[data-command=${command}]`);
        told.push((await player.part('face-hint').textContent()).replace(/[[\]]/g, ''));
        assert.equal((await player.part('face-number').textContent()).replace(/[[\]]/g, '').trim(), `${at + 1} из 3`);
        if (at === 1) await look(page, `face-translated-${forced ? 'forced' : 'refused'}`);
      }
      assert.deepEqual(told, ['Поверните голову налево', 'Приблизьте лицо к камере', 'Опустите голову вниз']);
    });
  });
}
