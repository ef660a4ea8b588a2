import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { VerificationView } from '../../shared/api/verification';
import type { Answer } from '../../shared/capture/answers';
import type { CaptureRequest, Ears, Open } from '../../shared/capture/transport';
import { CaptureRun } from './capture-run.svelte';

const READY = { type: 'ready', nonce: 'AAECAwQFBgcICQoLDA0ODw', seconds: 90 } as const;
const STRAIGHT = { type: 'show', index: 1, command: null, light: null, colour: null, number: 0, of: 0 } as const;
const LEFT = { ...STRAIGHT, index: 2, command: 'turn_left', number: 1, of: 3 } as const;
const guidance = (code: string, progress = 0.2): Answer => ({ type: 'guidance', sequence: 1, code, progress });
const AGAIN_MS = 1_500;

const track = {
  label: 'A camera',
  muted: false,
  stop: vi.fn(),
  getSettings: () => ({ width: 640, height: 480, frameRate: 29.97, deviceId: 'a' }),
  onended: null as (() => void) | null,
};
const camera = { getTracks: () => [track], getVideoTracks: () => [track] } as unknown as MediaStream;
const play = vi.fn(async () => {});
const video = { play, srcObject: null, videoWidth: 0, videoHeight: 0 } as unknown as HTMLVideoElement;
const CAMERAS = [
  { id: 'a', label: 'A camera' },
  { id: 'b', label: 'Another' },
];
/** What the camera shows, as far as the page looks: one value for every pixel. */
let seen: () => number;
let givenUp: number;
let readable: boolean;
let openCamera: () => Promise<MediaStream>;

let requests: CaptureRequest[];
let captures: Ears[];
let results: string[];
let run: CaptureRun;

const open = (request: CaptureRequest): Open => {
  requests.push(request);
  return (ears) => {
    captures.push(ears);
    return { send: () => {}, giveUp: () => void (givenUp += 1), close: () => {} };
  };
};

/** The server says this in the newest capture. */
const says = (...answers: Answer[]) => answers.forEach((answer) => captures.at(-1)?.heard(answer));
const breaks = () => captures.at(-1)?.gone();

beforeEach(async () => {
  vi.useFakeTimers();
  vi.stubGlobal('requestAnimationFrame', (then: () => void) => setTimeout(then, 16));
  const context = {
    drawImage: () => {},
    getImageData: () => ({ data: Uint8ClampedArray.from({ length: 64 }, () => seen()) }),
  };
  // Only the small canvas by which the camera is watched can be read here: no frame is made.
  vi.stubGlobal('document', { createElement: () => ({ width: 0, getContext: (_: string, how: object) => ('willReadFrequently' in how ? context : null) }) });
  track.stop.mockReset();
  play.mockReset().mockResolvedValue();
  Object.assign(track, { muted: false, onended: null });
  Object.assign(video, { videoWidth: 0, videoHeight: 0 });
  [givenUp, readable, openCamera] = [0, true, async () => camera];
  let noise = 0;
  seen = () => 100 + ((noise += 7) % 53);
  [requests, captures, results] = [[], [], []];
  run = new CaptureRun((result) => results.push(result), {
    canvasIsReadable: async () => readable,
    openCamera: () => openCamera(),
    listCameras: async () => CAMERAS,
    openCapture: open,
  });
  await run.start(video, true);
});

afterEach(() => {
  run.stop();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('a run', () => {
  it('opens one capture with what is known of the camera', () => {
    const info = { label: 'A camera', width: 640, height: 480, frame_rate: 30 };
    expect(requests).toEqual([{ locale: 'ru', lights: true, camera: info }]);
    expect(run.phase).toBe('connecting');
  });

  it('asks for a capture without lights where the person wants none', async () => {
    await run.start(video, false);
    expect(requests.at(-1)?.lights).toBe(false);
  });

  it('shows what the server says and nothing else', () => {
    says(READY);
    expect([run.phase, run.show]).toEqual(['capturing', null]);
    says(STRAIGHT, LEFT, guidance('follow', 0.4));
    expect([run.show, run.hint, run.progress]).toEqual([LEFT, 'follow', 0.4]);
  });

  it('does not let guidance from before a command flicker over it', () => {
    says(READY, STRAIGHT, guidance('hold_still'), LEFT, guidance('face_turned'), guidance('face_turned'));
    expect(run.hint).toBe('follow');
  });

  it('ends with the result, the camera off', () => {
    says(READY, { type: 'result', result: 'passed', reason: null, text: null, verification: {} as VerificationView });
    expect([run.phase, run.progress, run.show, results]).toEqual(['moving_on', 1, null, ['passed']]);
    expect(track.stop).toHaveBeenCalled();
  });

  it('says what was in the way when the time ran out, and only then', () => {
    says(READY, STRAIGHT, guidance('too_dark'), guidance('hold_still'));
    says({ type: 'result', result: 'retry', reason: 'capture_timeout', text: 'Time.', verification: {} as VerificationView });
    expect([run.phase, run.retry?.text, run.obstacle]).toEqual(['retry', 'Time.', 'too_dark']);
  });
});

describe('a camera that is taken away', () => {
  /** Pictures that can be looked at. */
  const showing = () => Object.assign(video, { videoWidth: 640, videoHeight: 480 });
  /** The server goes on saying something, so that it is not silence that ends the run. */
  const passes = (millis: number) => {
    for (let passed = 0; passed < millis && run.phase === 'capturing'; passed += 500) {
      says(guidance('no_face'));
      vi.advanceTimersByTime(500);
    }
  };
  const over = () => [run.phase, givenUp, track.stop.mock.calls.length];

  it.each([
    ['black', () => 0],
    ['frozen', () => 120],
  ])('and leaves it %s is given up, said so to the server', (_, left) => {
    showing();
    says(READY, STRAIGHT, LEFT);
    passes(10_000);
    expect(run.phase).toBe('capturing');
    seen = left;
    passes(3_500);
    expect(run.phase).toBe('capturing');
    passes(2_000);
    expect(over()).toEqual(['taken', 1, 1]);
  });

  it('by a call mutes its track; for a moment that is no matter', () => {
    says(READY, STRAIGHT, LEFT);
    track.muted = true;
    passes(2_000);
    track.muted = false;
    passes(1_000);
    expect(run.phase).toBe('capturing');
    track.muted = true;
    passes(4_000);
    expect(over()).toEqual(['taken', 1, 1]);
  });

  it('for good ends its track', () => {
    says(READY, STRAIGHT);
    track.onended?.();
    expect(over()).toEqual(['taken', 1, 1]);
  });

  it('as the page goes out of sight is given up, too', () => {
    says(READY, STRAIGHT, LEFT);
    run.hidden();
    expect(over()).toEqual(['lost', 1, 1]);
  });

  it('is not what happens when the run ends by itself', () => {
    says(READY, { type: 'result', result: 'passed', reason: null, text: null, verification: {} as VerificationView });
    expect(track.onended).toBeNull();
    expect(givenUp).toBe(0);
  });
});

describe('a camera that does not begin', () => {
  it('since the video wants a touch waits for one', async () => {
    play.mockRejectedValueOnce(new DOMException('no', 'NotAllowedError'));
    await run.start(video, true);
    expect([run.phase, requests.length]).toEqual(['touch', 1]);
    await run.play(video, true);
    expect([run.phase, requests.length]).toEqual(['connecting', 2]);
  });

  it('since its first picture never comes is as good as busy', async () => {
    play.mockImplementationOnce(() => new Promise(() => {}));
    const started = run.start(video, true);
    await vi.advanceTimersByTimeAsync(10_000);
    await started;
    expect([run.phase, track.stop.mock.calls.length]).toEqual(['busy', 2]);
  });

  it('in a browser that withholds its pictures is never asked for', async () => {
    readable = false;
    openCamera = vi.fn();
    await run.start(video, true);
    expect(run.phase).toBe('unreadable');
    expect(openCamera).not.toHaveBeenCalled();
  });

  it('since nobody is asked is told after a while, and begins when it is allowed after all', async () => {
    let allow: (stream: MediaStream) => void = () => {};
    openCamera = () => new Promise((resolve) => (allow = resolve));
    const started = run.start(video, true);
    await vi.advanceTimersByTimeAsync(19_000);
    expect([run.phase, run.unanswered]).toEqual(['asking', false]);
    await vi.advanceTimersByTimeAsync(2_000);
    expect([run.phase, run.unanswered]).toEqual(['asking', true]);
    allow(camera);
    await started;
    expect([run.phase, run.unanswered]).toEqual(['connecting', false]);
  });
});

describe('the cameras', () => {
  it('are told once one was allowed, and which of them is on', () => {
    expect([run.cameras, run.cameraId]).toEqual([CAMERAS, 'a']);
  });

  it('may be changed for nothing until something of the challenge was seen', () => {
    says(READY, STRAIGHT);
    expect(run.unseen).toBe(true);
    says({ ...STRAIGHT, index: 2, light: 'red', colour: '#ff3030' });
    expect(run.unseen).toBe(false);
    says({ ...STRAIGHT, index: 3 });
    expect(run.unseen).toBe(false);
  });
});

describe('a connection that breaks', () => {
  it('is followed by a new capture, by itself, with the camera on and nothing left of the old one', () => {
    says(READY, STRAIGHT, LEFT, guidance('follow', 0.6));
    breaks();
    expect([run.phase, run.again, run.show, run.progress, captures.length]).toEqual(['connecting', true, null, 0, 1]);
    vi.advanceTimersByTime(AGAIN_MS);
    expect([captures.length, track.stop.mock.calls.length]).toEqual([2, 0]);
    says(READY, STRAIGHT);
    expect([run.phase, run.again]).toEqual(['capturing', true]);
    says({ ...LEFT, command: 'blink' });
    expect([run.again, run.show?.command]).toEqual([false, 'blink']);
  });

  it('is not heard any more', () => {
    says(READY, STRAIGHT);
    const old = captures.at(-1);
    breaks();
    vi.advanceTimersByTime(AGAIN_MS);
    says(READY);
    old?.heard(LEFT);
    old?.gone();
    expect([run.phase, run.show]).toEqual(['capturing', null]);
  });

  it('a second time is for the person to begin anew', async () => {
    says(READY, STRAIGHT);
    breaks();
    vi.advanceTimersByTime(AGAIN_MS);
    says(READY, STRAIGHT);
    breaks();
    vi.advanceTimersByTime(AGAIN_MS * 2);
    expect([run.phase, captures.length]).toEqual(['lost', 2]);
    expect(track.stop).toHaveBeenCalled();
    await run.start(video, true);
    says(READY, STRAIGHT);
    breaks();
    expect(run.phase).toBe('connecting');
  });

  it('before the server was ready is not tried again by itself: all ways were', () => {
    breaks();
    vi.advanceTimersByTime(AGAIN_MS * 2);
    expect([run.phase, captures.length]).toEqual(['lost', 1]);
  });

  it('is noticed also where nothing is said about it', () => {
    says(READY, STRAIGHT);
    vi.advanceTimersByTime(10_200);
    expect([run.phase, run.again]).toEqual(['connecting', true]);
  });

  it('is nothing to wait for once the page is out of sight', () => {
    says(READY, STRAIGHT);
    breaks();
    run.hidden();
    vi.advanceTimersByTime(AGAIN_MS * 2);
    expect([run.phase, captures.length]).toEqual(['lost', 1]);
  });

  it('after the person has left is begun by nobody', () => {
    says(READY, STRAIGHT);
    breaks();
    run.stop();
    vi.advanceTimersByTime(AGAIN_MS * 2);
    expect(captures.length).toBe(1);
  });
});
