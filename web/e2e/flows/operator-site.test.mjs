import assert from 'node:assert/strict';
import { test } from 'node:test';
import { look } from '../harness/look.mjs';
import { scenario } from '../harness/operator.mjs';
import { withOperatorSite } from '../harness/operator-site.mjs';
import { Player, withPlayer } from '../harness/player.mjs';
import { refusal, watch } from '../harness/watch.mjs';

const rastau = process.env.RASTAU_URL;

/** A player on the example's site, with the browser client. */
function atSite(id, story, { complaint, ...options } = {}) {
  return withPlayer({ face: null, ...options }, ({ page }) => withOperatorSite(rastau, id, (site) => story(page, site), { complaint }));
}

const press = (page, name) => page.getByRole('button', { name, exact: true }).click();
const shows = (page, title) => page.getByRole('heading', { name: title }).waitFor();

/** Opens the site, presses Play in a window, and comes to Rastau there. `state` is the visit's. */
async function playInWindow(page, site) {
  await page.goto(site);
  const [popup, answer] = await Promise.all([page.waitForEvent('popup'), page.waitForResponse(`${site}/play`), press(page, 'Play in a window')]);
  popup.complaints = watch(popup);
  const inside = new Player(popup, rastau);
  await inside.onPage('consent');
  return { popup, inside, ...(await answer.json()) };
}

/** From the consent to the button back, as one of the sandbox's scenarios. */
async function goThrough(inside, code) {
  await inside.consent();
  await inside.enterIin(await scenario(rastau, code));
  for (const step of ['face', 'contact', 'second_factor']) {
    await inside.page.locator(`[data-testid=pretend][data-step=${step}]`).waitFor();
    await inside.part('pretend-go').click();
  }
  await inside.outcome();
  await inside.part('return').click();
}

/** What a browser tells the page when a window before it opens, and when the player is back; headless it tells nothing. */
async function comesBack(page) {
  await page.evaluate(() => {
    window.dispatchEvent(new Event('blur'));
    window.dispatchEvent(new Event('focus'));
  });
}

test('in a window of its own: it closes by itself, and nothing is kept or said', () =>
  atSite('popup-bet', async (page, site) => {
    const said = [];
    page.context().on('console', (message) => said.push(message.text()));
    const { popup, inside } = await playInWindow(page, site);
    assert.equal(await popup.evaluate(() => window.opener), null);
    await look(page, 'operator-waits');
    const closed = popup.waitForEvent('close');
    await goThrough(inside, 'approved');
    await shows(page, 'You are in');
    await closed;
    await look(page, 'operator-in');
    assert.equal(page.url(), `${site}/`);
    const kept = await page.evaluate(async () => [localStorage.length, sessionStorage.length, (await indexedDB.databases()).length]);
    assert.deepEqual([kept, said, popup.complaints], [[0, 0, 0], [], []]);

    await goThrough((await playInWindow(page, site)).inside, 'debtor');
    await shows(page, 'You cannot play');
  }));

test('in the same window, with the client and without scripts', () =>
  atSite('redirect-bet', async (page, site) => {
    const inside = new Player(page, rastau);
    await page.goto(site);
    await look(page, 'operator-lobby');
    await press(page, 'Play');
    await inside.onPage('consent');
    await goThrough(inside, 'approved');
    await shows(page, 'You are in');
    assert.equal(page.url(), `${site}/callback`, 'the code is not in the address any more');

    await page.route('**/site.mjs', (route) => route.fulfill({ contentType: 'text/javascript', body: '' }));
    await page.goto(site);
    assert.equal(await page.getByRole('button').count(), 1, 'no button that does nothing');
    await press(page, 'Play');
    await inside.onPage('consent');
    await goThrough(inside, 'approved');
    await shows(page, 'You are in');
  }));

test('a blocked window becomes a redirect', () =>
  atSite(
    'blocked-bet',
    async (page, site) => {
      // Pressed by a script and not by the player: the browser's own blocker is asked.
      await page.addInitScript(() => {
        if (location.pathname === '/') addEventListener('load', () => document.querySelector('[value=popup]')?.click());
      });
      await page.goto(site);
      const inside = new Player(page, rastau);
      await inside.onPage('consent');
      assert.equal(page.context().pages().length, 1);
      await inside.part('consent-decline').click();
      await inside.outcome();
      await inside.part('return').click();
      await shows(page, 'You cannot play');
    },
    { blocksPopups: true },
  ));

test('a window that the player closed is noticed', () =>
  atSite('closed-bet', async (page, site) => {
    const { popup } = await playInWindow(page, site);
    await popup.close();
    await comesBack(page);
    await page.getByText('You closed the window.').waitFor();
    await look(page, 'operator-closed');
    const left = await playInWindow(page, site);
    await press(page, 'Cancel');
    await page.getByText('You cancelled.').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Cancel' }).count(), 0);
    if (!left.popup.isClosed()) await left.popup.close();
    const { inside } = await playInWindow(page, site);
    await goThrough(inside, 'approved');
    await shows(page, 'You are in');
  }));

test('a window whose opener is gone, or gave up, finishes by itself', () =>
  atSite('alone-bet', async (page, site) => {
    const first = await playInWindow(page, site);
    await page.goto('about:blank');
    await goThrough(first.inside, 'approved');
    await shows(first.popup, 'You are in');

    const second = await playInWindow(page, site);
    await comesBack(page);
    await page.getByText('You closed the window.').waitFor();
    await goThrough(second.inside, 'approved');
    await shows(second.popup, 'You are in');
  }));

test('two visits of one browser get an answer each', () =>
  atSite('double-bet', async (page, site) => {
    const other = await page.context().newPage();
    const first = await playInWindow(page, site);
    await goThrough(first.inside, 'approved');
    await shows(page, 'You are in');
    const second = await playInWindow(page, site);
    const third = await playInWindow(other, site);
    await third.inside.part('consent-decline').click();
    await third.inside.outcome();
    await third.inside.part('return').click();
    await shows(other, 'You cannot play');
    await shows(page, 'One moment');
    assert.ok(!second.popup.isClosed());
  }));

test('no other page and no other issuer answers a visit', () =>
  atSite('attacked-bet', async (page, site) => {
    const { popup, state, issuer } = await playInWindow(page, site);
    const finished = [];
    page.context().on('request', (request) => request.url() === `${site}/finish` && finished.push(request.postData()));
    const forged = (query) => `${site}/callback?${new URLSearchParams(query)}`;

    // Another origin that knows the state: it is not on the line.
    const heard = await popup.evaluate(
      async ([name, address]) => {
        const line = new BroadcastChannel(name);
        const answers = [];
        line.onmessage = ({ data }) => answers.push(data);
        line.postMessage({ say: 'here', id: 'x' });
        line.postMessage({ say: 'answer', id: 'x', address });
        await new Promise((next) => setTimeout(next, 300));
        return answers;
      },
      [`rastau:${state}`, forged({ code: 'forged', state, iss: issuer })],
    );
    assert.deepEqual(heard, []);
    await shows(page, 'One moment');

    // A link of an attacker's, in another tab of the same browser: a state of the attacker's is no visit of this browser's ...
    const tab = await page.context().newPage();
    const answer = await tab.goto(forged({ code: 'forged', state: 'of-the-attacker', iss: issuer }));
    assert.equal(answer.status(), 404);
    await shows(page, 'One moment');
    // ... and with this one's, got hold of somehow, another issuer's answer ends it (RFC 9207).
    await tab.goto(forged({ code: 'forged', state, iss: 'https://evil.example' })).catch(() => {});
    await page.getByText('(mismatch)').waitFor();
    assert.deepEqual(finished, []);
  }));

test("a code of another visit's does not come through (PKCE), and the site logs no code", () =>
  atSite(
    'injected-bet',
    async (page, site) => {
      const { state, issuer } = await playInWindow(page, site);
      const tab = await page.context().newPage();
      const query = new URLSearchParams({ code: 'code-of-another-visit', state, iss: issuer });
      await tab.goto(`${site}/callback?${query}`).catch(() => {});
      await page.getByText('(refused)').waitFor();
    },
    { complaint: /invalid_grant/, expected: [refusal(502), /answer: 502/] },
  ));
