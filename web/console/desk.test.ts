import { beforeEach, expect, test, vi } from 'vitest';
import { localProblem, NETWORK, type Problem, ProblemError } from '../shared/api/problem';

vi.stubGlobal('location', { hash: '#queue?status=all' });
vi.stubGlobal('addEventListener', () => {});
vi.stubGlobal('history', { replaceState: vi.fn() });
const { Desk } = await import('./desk.svelte');

const refused = (status: number) => async () => {
  throw new ProblemError({ code: 'x', status, detail: null, retryAfter: null } satisfies Problem);
};
const unreachable = async () => {
  throw new ProblemError(localProblem(NETWORK));
};

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000 });
});

test('what cannot be refreshed says since when, and no more once the service answers', async () => {
  const desk = new Desk();
  await desk.watch(async () => 1);
  vi.setSystemTime(9_000);
  expect(await desk.watch(unreachable)).toBeUndefined();
  expect(desk.lost).toBe(1_000);
  vi.setSystemTime(20_000);
  await desk.watch(refused(503));
  expect(desk.lost).toBe(1_000);
  expect(await desk.watch(async () => 2)).toBe(2);
  expect(desk.lost).toBeNull();
});

test('a service that never answered is told as that', async () => {
  const desk = new Desk();
  await desk.watch(unreachable);
  expect(desk.lost).toBe(0);
});

test('what is not there is told by who asked for it, and is no loss of the line', async () => {
  const desk = new Desk();
  for (const status of [404, 400]) {
    const missing = vi.fn();
    await desk.watch(refused(status), missing);
    expect([missing.mock.calls.length, desk.lost]).toEqual([1, null]);
  }
});

test('who is signed out leaves nothing of a person who was looked for', async () => {
  const desk = new Desk();
  desk.found = [];
  desk.listing = { address: '#queue?operator=x', ids: ['1'] };
  await desk.watch(refused(401));
  expect([desk.me, desk.found, desk.listing]).toEqual([null, null, { address: '#queue', ids: [] }]);
});

test('a row that was marked is in the address, without a step of the history', () => {
  const desk = new Desk();
  desk.note('#queue?at=1');
  expect(desk.listing.address).toBe('#queue?at=1');
  expect(history.replaceState).toHaveBeenCalledWith(null, '', '#queue?at=1');
});
