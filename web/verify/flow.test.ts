import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { player } from '../shared/api/player';
import { problemOf } from '../shared/api/problem';
import { visit } from '../shared/api/visit';
import { Flow } from './flow.svelte';

const view = (name: string) => ({ visit: name, stage: 'consent' });
const OTHER = { code: 'other_visit', detail: 'Another check has begun.' };

/** What the server answers next, and which visit it was told each time. */
let answers: { status: number; body: unknown }[];
let told: (string | null)[];

beforeEach(() => {
  answers = [];
  told = [];
  vi.stubGlobal('fetch', (_: string, init: RequestInit) => {
    told.push(new Headers(init.headers).get('Rastau-Visit'));
    const { status, body } = answers.shift() ?? { status: 500, body: {} };
    return Promise.resolve(new Response(JSON.stringify(body), { status }));
  });
});

afterEach(() => {
  visit.forget();
  vi.unstubAllGlobals();
});

describe('a page and its visit', () => {
  it('names the visit that it shows with every step', async () => {
    const flow = new Flow();
    answers.push({ status: 200, body: view('first') }, { status: 200, body: view('first') });
    await flow.refresh();
    await player.consent();
    expect(told).toEqual([null, 'first']);
  });

  it('shows that another one has begun instead of showing that one as its own, and goes on with it when told to', async () => {
    const flow = new Flow();
    answers.push({ status: 200, body: view('first') }, { status: 409, body: OTHER }, { status: 409, body: OTHER });
    await flow.refresh();
    await flow.refused(await player.consent().catch((error: unknown) => error));
    expect([flow.page, told]).toEqual(['other_visit', [null, 'first', 'first']]);

    answers.push({ status: 200, body: view('second') }, { status: 200, body: view('second') });
    await flow.goOn();
    expect([flow.page, flow.view?.visit]).toEqual(['consent', 'second']);
    await player.consent();
    expect(told.slice(3)).toEqual([null, 'second']);
  });

  it('takes no other conflict for that', async () => {
    const flow = new Flow();
    answers.push({ status: 200, body: view('first') }, { status: 409, body: { code: 'out_of_turn' } }, { status: 200, body: view('first') });
    await flow.refresh();
    const error: unknown = await player.consent().catch((refused: unknown) => refused);
    expect(problemOf(error).code).toBe('out_of_turn');
    await flow.refused(error);
    expect(flow.page).toBe('consent');
  });
});
