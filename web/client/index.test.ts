import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeOrigin, type FakePage } from './fake-browser.js';
import { RastauClient } from './index.js';
import { lineOf } from './messages.js';

const ISSUER = 'https://rastau.example';
const STATE = 'a-state-that-nobody-guesses';
const ADDRESS = `${ISSUER}/oauth2/authorize?client_id=bet&request_uri=urn%3A1`;
const ENDPOINTS = { begin: '/play', finish: '/finish' };
const QUERY = `?code=secret-code&state=${STATE}&iss=${encodeURIComponent(ISSUER)}`;
const PLAYING = { playing: true };

let site: FakeOrigin;
let lobby: FakePage;
let rastau: RastauClient;

beforeEach(() => {
  vi.useFakeTimers();
  site = new FakeOrigin();
  lobby = site.page('/lobby');
  rastau = new RastauClient(ENDPOINTS, lobby);
  site.answers.set('/play', async () => Response.json({ address: ADDRESS, state: STATE, issuer: ISSUER }));
  site.answers.set('/finish', async () => Response.json(PLAYING));
});

afterEach(() => {
  vi.useRealTimers();
});

/** Everything that can happen without time going by. */
const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);
const failure = (code: string): unknown => expect.objectContaining({ name: 'VisitError', code });
const cameBack = (query = QUERY): FakePage => site.page(`/callback${query}`);
const finished = (): unknown[] => site.asked.filter(([path]) => path === '/finish');

/** Begun, and the window is at Rastau. */
async function underWay(options = {}): Promise<{ visit: Promise<unknown>; ended: () => boolean }> {
  let isEnded = false;
  const visit = rastau.popup(options);
  visit.catch(() => {}).finally(() => void (isEnded = true));
  await settle();
  expect(lobby.popup?.address).toBe(ADDRESS);
  return { visit, ended: () => isEnded };
}

describe('a visit in a window', () => {
  it('opens in the click, before anything is asked', () => {
    void rastau.popup({ wishes: { ui_locales: 'kk' } }).catch(() => {});
    expect(lobby.opened).toBe(1);
    expect(site.asked).toEqual([['/play', { ui_locales: 'kk' }]]);
  });

  it('ends with what the backend made of the callback address, and leaves nothing behind', async () => {
    const { visit } = await underWay();
    const callback = cameBack();
    const arrival = new RastauClient(ENDPOINTS, callback).callback();
    await settle();
    expect(await arrival).toEqual({ to: 'opener' });
    expect(await visit).toEqual(PLAYING);
    expect(finished()).toEqual([['/finish', { address: callback.address }]]);
    expect([callback.ownClosed, callback.queryHidden, lobby.popup?.closed]).toEqual([true, true, true]);
    expect([site.listeners(lineOf(STATE)), site.isLocked(lineOf(STATE)), lobby.watched, vi.getTimerCount()]).toEqual([0, false, 0, 0]);
  });

  it('asks the backend on the origin of the page alone, and follows it nowhere', async () => {
    expect(() => new RastauClient({ begin: 'https://evil.example/play', finish: '/finish' }, lobby)).toThrow(TypeError);
    expect(() => new RastauClient({ begin: '/play', finish: '//evil.example/' }, lobby)).toThrow(TypeError);
    let seen: RequestInit = {};
    site.answers.set('/play', async (init) => {
      seen = init;
      return new Response('', { status: 429 });
    });
    await expect(rastau.popup()).rejects.toEqual(expect.objectContaining({ code: 'refused', status: 429 }));
    expect(seen).toMatchObject({ method: 'POST', redirect: 'error', credentials: 'same-origin', cache: 'no-store' });
    expect(lobby.popup?.closed).toBe(true);
  });

  it('is closed by the player before it went anywhere', async () => {
    site.answers.set('/play', waitForever);
    const visit = rastau.popup();
    lobby.popup?.close();
    await Promise.all([expect(visit).rejects.toEqual(failure('closed')), vi.advanceTimersByTimeAsync(500)]);
  });

  it('is not steered when it was closed between two looks', async () => {
    const visit = rastau.popup();
    lobby.popup?.close();
    await expect(visit).rejects.toEqual(failure('closed'));
    expect(lobby.popup?.address).toBeNull();
  });

  it('is not taken for closed when its handle was cut', async () => {
    const { visit, ended } = await underWay();
    lobby.popup?.close();
    await vi.advanceTimersByTimeAsync(10 * 60_000);
    expect(ended()).toBe(false);
    void new RastauClient(ENDPOINTS, cameBack()).callback();
    expect(await visit).toEqual(PLAYING);
  });

  it('is closed when the player is back and stays; not by a look back', async () => {
    const { visit, ended } = await underWay();
    lobby.popup?.close();
    lobby.isBack = true;
    await vi.advanceTimersByTimeAsync(2_500);
    lobby.isBack = false;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(ended()).toBe(false);
    lobby.isBack = true;
    await Promise.all([expect(visit).rejects.toEqual(failure('closed')), vi.advanceTimersByTimeAsync(3_000)]);
  });

  it('ends with its time, and at a signal', async () => {
    const { visit } = await underWay({ limitMs: 1_000 });
    await Promise.all([expect(visit).rejects.toEqual(failure('timeout')), vi.advanceTimersByTimeAsync(1_000)]);
    const stop = new AbortController();
    const second = await underWay({ signal: stop.signal });
    stop.abort();
    await expect(second.visit).rejects.toEqual(failure('aborted'));
    await expect(rastau.popup({ signal: stop.signal })).rejects.toEqual(failure('aborted'));
    expect([lobby.opened, site.listeners(lineOf(STATE)), site.isLocked(lineOf(STATE)), vi.getTimerCount()]).toEqual([2, 0, false, 0]);
  });

  it('ends at a signal while the backend thinks', async () => {
    site.answers.set('/finish', waitForever);
    const stop = new AbortController();
    const { visit } = await underWay({ signal: stop.signal });
    void new RastauClient(ENDPOINTS, cameBack()).callback();
    await settle();
    expect(finished()).toHaveLength(1);
    stop.abort();
    await expect(visit).rejects.toEqual(failure('aborted'));
  });

  it('does not leave when it was called off at the last moment', async () => {
    const stop = new AbortController();
    vi.spyOn(lobby, 'hold').mockImplementation(async (name) => {
      stop.abort();
      return site.lock(name);
    });
    await expect(rastau.popup({ signal: stop.signal })).rejects.toEqual(failure('aborted'));
    expect([lobby.popup, site.isLocked(lineOf(STATE))]).toEqual([{ closed: true, address: null }, false]);
  });

  it('is not taken for closed while the backend thinks', async () => {
    const { visit } = await underWay();
    const late = (): Promise<Response> => new Promise((resolve) => setTimeout(() => resolve(Response.json(PLAYING)), 10_000));
    site.answers.set('/finish', (init) => Promise.race([late(), waitForever(init)]));
    void new RastauClient(ENDPOINTS, cameBack()).callback();
    await settle();
    lobby.popup?.close();
    lobby.isBack = true;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await visit).toEqual(PLAYING);
  });

  it('says when the backend does not answer, or not as it must', async () => {
    site.answers.delete('/play');
    await expect(rastau.popup()).rejects.toEqual(failure('unreachable'));
    site.answers.set('/play', waitForever);
    await Promise.all([expect(rastau.popup()).rejects.toEqual(failure('unreachable')), vi.advanceTimersByTimeAsync(30_000)]);
    site.answers.set('/play', async () => new Response('<html>'));
    await expect(rastau.popup()).rejects.toEqual(failure('malformed'));
    site.answers.set('/play', async () => Response.json({ address: 'javascript:alert(1)', state: STATE, issuer: ISSUER }));
    await expect(rastau.popup()).rejects.toEqual(failure('malformed'));
    expect(lobby.popup?.address).toBeNull();
  });

  it('goes by redirect where the window is blocked, or fails where the site wants that', async () => {
    lobby.isBlocking = true;
    await expect(rastau.popup({ whenBlocked: 'fail' })).rejects.toEqual(failure('blocked'));
    expect(site.asked).toEqual([]);
    void rastau.popup();
    await settle();
    expect(lobby.leftFor).toBe(ADDRESS);
  });
});

describe('nobody else answers a visit', () => {
  it('not another visit, whose line is another one', async () => {
    const { ended } = await underWay();
    const other = new RastauClient(ENDPOINTS, cameBack(QUERY.replace(STATE, 'of-another-visit')));
    expect(await other.callback()).toEqual({ to: 'here', answer: PLAYING });
    expect(ended()).toBe(false);
  });

  it('not another issuer (mix-up), and nothing of that reaches the backend', async () => {
    const { visit } = await underWay();
    const callback = cameBack(QUERY.replace('rastau.example', 'evil.example'));
    void new RastauClient(ENDPOINTS, callback).callback();
    await expect(visit).rejects.toEqual(failure('mismatch'));
    await settle();
    expect([finished(), callback.ownClosed]).toEqual([[], true]);
  });

  it('not a page that speaks of another origin', async () => {
    const { visit } = await underWay();
    site.join(lineOf(STATE)).say({ say: 'answer', id: 'x', address: `https://evil.example/callback${QUERY}` });
    await expect(visit).rejects.toEqual(failure('mismatch'));
  });

  it('not by talking nonsense on its line', async () => {
    const { visit, ended } = await underWay();
    const line = site.join(lineOf(STATE));
    const unfinished = [{ say: 'answer' }, { say: 'answer', id: 'x', address: {} }];
    const notForIt = [
      { say: 'ready', id: 'x' },
      { say: 'taken', id: 'x' },
    ];
    for (const nonsense of [null, 5, 'answer', [], {}, ...unfinished, ...notForIt]) line.say(nonsense);
    await settle();
    expect(ended()).toBe(false);
    void new RastauClient(ENDPOINTS, cameBack()).callback();
    expect(await visit).toEqual(PLAYING);
  });

  it('not twice: the first answer counts', async () => {
    const { visit } = await underWay();
    const line = site.join(lineOf(STATE));
    const taken: unknown[] = [];
    line.onheard = (message) => void taken.push(message);
    for (const code of ['one', 'two']) line.say({ say: 'answer', id: code, address: cameBack(QUERY.replace('secret-code', code)).address });
    await visit;
    expect(taken).toEqual([{ say: 'taken', id: 'one' }]);
    expect(finished()).toEqual([['/finish', { address: cameBack(QUERY.replace('secret-code', 'one')).address }]]);
  });

  it('not by beginning with a state that is under way', async () => {
    const { ended } = await underWay();
    const second = site.page('/lobby');
    await expect(new RastauClient(ENDPOINTS, second).popup()).rejects.toEqual(failure('malformed'));
    expect([second.popup, ended()]).toEqual([{ closed: true, address: null }, false]);
  });

  it('and a failure tells no code and no address', async () => {
    const { visit } = await underWay();
    void new RastauClient(ENDPOINTS, cameBack(QUERY.replace('rastau.example', 'evil.example'))).callback();
    const error = (await visit.catch((caught: unknown) => caught)) as Error;
    const told = [error.message, JSON.stringify(error), error.stack, error.cause].join(' ');
    expect(told).not.toMatch(/secret-code|a-state|request_uri/);
  });
});

describe('the callback page', () => {
  it('goes to the backend at once where nobody waits: a redirect, a page that was closed, a visit that was called off', async () => {
    const callback = cameBack();
    expect(await new RastauClient(ENDPOINTS, callback).callback()).toEqual({ to: 'here', answer: PLAYING });
    expect([callback.queryHidden, callback.ownClosed, vi.getTimerCount()]).toEqual([true, false, 0]);
  });

  it('goes to the backend alone where the other page sleeps, which learns of it and asks for nothing', async () => {
    const { visit } = await underWay();
    site.sleep();
    const arrival = new RastauClient(ENDPOINTS, cameBack()).callback();
    await vi.advanceTimersByTimeAsync(3_000);
    expect(await arrival).toEqual({ to: 'here', answer: PLAYING });
    site.wake();
    await expect(visit).rejects.toEqual(failure('elsewhere'));
    expect(finished()).toHaveLength(1);
  });

  it('gives its code when it is asked itself, and once', async () => {
    const release = site.lock(lineOf(STATE));
    const heard: string[] = [];
    const ear = site.join(lineOf(STATE));
    ear.onheard = (message) => {
      const { say, id } = message as { say: string; id: string };
      heard.push(say);
      if (say === 'here') here = id;
    };
    let here = '';
    const callback = new RastauClient(ENDPOINTS, cameBack()).callback();
    await settle();
    ear.say({ say: 'ready', id: 'of-another-page' });
    await settle();
    expect(heard).toEqual(['here']);
    for (const whom of [here, here]) ear.say({ say: 'ready', id: whom });
    await settle();
    expect(heard).toEqual(['here', 'answer']);
    // Nobody says that it was taken. It may have been: the backend does not get it a second time.
    await vi.advanceTimersByTimeAsync(3_000);
    expect([await callback, finished(), heard]).toEqual([{ to: 'opener' }, [], ['here', 'answer']]);
    release?.();
  });

  it('refuses an address without a state', async () => {
    await expect(new RastauClient(ENDPOINTS, cameBack('?code=1')).callback()).rejects.toEqual(failure('malformed'));
    expect(site.asked).toEqual([]);
  });
});

describe('a visit by redirect', () => {
  it('leaves for Rastau', async () => {
    void rastau.redirect({ wishes: { acr_values: 'x' } });
    await settle();
    expect([lobby.leftFor, lobby.opened, vi.getTimerCount()]).toEqual([ADDRESS, 0, 0]);
    expect(site.asked).toEqual([['/play', { acr_values: 'x' }]]);
  });

  it('stays here when it was called off, or the address is no good', async () => {
    await expect(rastau.redirect({ signal: AbortSignal.abort() })).rejects.toEqual(failure('aborted'));
    site.answers.set('/play', async () => Response.json({ address: 'https://evil.example/', state: STATE, issuer: ISSUER }));
    await expect(rastau.redirect()).rejects.toEqual(failure('malformed'));
    expect(site.asked).toHaveLength(1);
    const stop = new AbortController();
    site.answers.set('/play', async () => {
      stop.abort();
      return Response.json({ address: ADDRESS, state: STATE, issuer: ISSUER });
    });
    await expect(rastau.redirect({ signal: stop.signal })).rejects.toEqual(failure('aborted'));
    expect(lobby.leftFor).toBeNull();
  });
});

/** As fetch does: only the signal ends it. */
function waitForever({ signal }: RequestInit): Promise<Response> {
  return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
}
