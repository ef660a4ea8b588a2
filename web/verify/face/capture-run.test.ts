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

const track = { label: 'A camera', stop: vi.fn(), getSettings: () => ({ width: 640, height: 480, frameRate: 29.97 }), onended: null };
const camera = { getTracks: () => [track], getVideoTracks: () => [track] } as unknown as MediaStream;
const video = { play: async () => {}, srcObject: null, videoWidth: 0, videoHeight: 0 } as unknown as HTMLVideoElement;

let requests: CaptureRequest[];
let captures: Ears[];
let results: string[];
let run: CaptureRun;

const open = (request: CaptureRequest): Open => {
  requests.push(request);
  return (ears) => {
    captures.push(ears);
    return { send: () => {}, close: () => {} };
  };
};

/** The server says this in the newest capture. */
const says = (...answers: Answer[]) => answers.forEach((answer) => captures.at(-1)?.heard(answer));
const breaks = () => captures.at(-1)?.gone();

beforeEach(async () => {
  vi.useFakeTimers();
  vi.stubGlobal('requestAnimationFrame', (then: () => void) => setTimeout(then, 16));
  vi.stubGlobal('document', { createElement: () => ({ getContext: () => null }) });
  track.stop.mockReset();
  [requests, captures, results] = [[], [], []];
  run = new CaptureRun((result) => results.push(result), { openCamera: async () => camera, openCapture: open });
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
