import { beforeEach, describe, expect, it, vi } from 'vitest';
import { localProblem, NETWORK, ProblemError } from '../api/problem';
import type { Answer } from './answers';
import { type Asking, Posts } from './posts';

const READY = { type: 'ready', nonce: 'AAECAwQFBgcICQoLDA0ODw', seconds: 90 };
const guidance = (sequence: number) => ({ type: 'guidance', sequence, code: 'hold_still', progress: 0 });
const CAMERA = { label: 'x', width: 1, height: 2, frame_rate: 3 };
const refused = (code: string) => new ProblemError({ code, status: 429, detail: 'Wait.', retryAfter: 30 });

let heard: Answer[];
let gone: number;
const open = vi.fn<Asking['open']>();
const frame = vi.fn<Asking['frame']>();
const giveUp = vi.fn<Asking['giveUp']>();

function posts(lights = true, camera: typeof CAMERA | null = null): Posts {
  const ears = { heard: (answer: Answer) => void heard.push(answer), gone: () => void (gone += 1) };
  return new Posts({ lights, camera }, ears, { open, frame, giveUp });
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

beforeEach(() => {
  heard = [];
  gone = 0;
  giveUp.mockReset().mockResolvedValue();
  open.mockReset().mockResolvedValue({ capture: 'a/b', messages: [READY] });
  frame.mockReset().mockImplementation(async (_path, sent) => ({ messages: [guidance(sent[0] ?? 0)] }));
});

describe('a capture over HTTPS', () => {
  it('opens with what is known of the camera and hears what the stream would have said', async () => {
    posts(true, CAMERA);
    posts(false);
    await settled();
    expect(open.mock.calls).toEqual([
      ['/api/player/captures', { camera: CAMERA }],
      ['/api/player/captures?lights=off', {}],
    ]);
    expect(heard).toEqual([READY, READY]);
  });

  it('says that it gives up after the frame under way, and sends none that waits', async () => {
    const capture = posts();
    await settled();
    capture.send(Uint8Array.of(1));
    await settled();
    capture.send(Uint8Array.of(2));
    capture.giveUp();
    capture.close();
    await settled();
    expect([frame.mock.calls.length, giveUp.mock.calls, gone]).toEqual([1, [['/api/player/captures/a%2Fb/give-up']], 0]);
  });

  it('has nothing to give up where it was never opened', async () => {
    open.mockRejectedValue(refused('face_locked'));
    const capture = posts();
    await settled();
    capture.giveUp();
    await settled();
    expect(giveUp).not.toHaveBeenCalled();
  });

  it('sends one frame at a time, in order, to its own capture', async () => {
    let answer: (() => void) | undefined;
    frame.mockImplementationOnce(() => new Promise((resolve) => (answer = () => resolve({ messages: [guidance(1)] }))));
    const capture = posts();
    capture.send(Uint8Array.of(1));
    capture.send(Uint8Array.of(2));
    await settled();
    expect(frame.mock.calls.map(([path, [first]]) => [path, first])).toEqual([['/api/player/captures/a%2Fb/frames', 1]]);
    answer?.();
    await settled();
    expect(frame.mock.calls.map(([, [first]]) => first)).toEqual([1, 2]);
    expect(heard.map((one) => (one.type === 'guidance' ? one.sequence : one.type))).toEqual(['ready', 1, 2]);
  });

  it('hears all that is said to one frame, in order', async () => {
    const show = { type: 'show', index: 2, command: 'blink', light: null, colour: null, number: 1, of: 3 };
    frame.mockResolvedValue({ messages: [guidance(1), { type: 'news' }, show] });
    posts().send(Uint8Array.of(1));
    await settled();
    expect(heard.map(({ type }) => type)).toEqual(['ready', 'guidance', 'show']);
  });

  it('takes a refusal as the last word', async () => {
    open.mockRejectedValue(refused('face_locked'));
    posts().send(Uint8Array.of(1));
    await settled();
    expect(heard).toEqual([{ type: 'problem', code: 'face_locked', detail: 'Wait.', retry_after: 30 }]);
    expect([gone, frame.mock.calls.length]).toEqual([0, 0]);
  });

  it.each([[refused('capture_unknown')], [new ProblemError(localProblem(NETWORK))], [refused('unexpected')], [new TypeError('x')]])(
    'takes it as a connection that was cut, once: %s',
    async (error) => {
      frame.mockRejectedValue(error);
      const capture = posts();
      capture.send(Uint8Array.of(1));
      capture.send(Uint8Array.of(2));
      await settled();
      expect([heard.length, gone, frame.mock.calls.length]).toEqual([1, 1, 1]);
    },
  );

  it('is silent after it was closed from here', async () => {
    const capture = posts();
    capture.close();
    await settled();
    expect([heard, gone]).toEqual([[], 0]);
  });
});
