import type { VerificationView } from '../../shared/api/verification';
import type { Answer, CaptureResult } from '../../shared/capture/answers';
import { type CameraFailure, cameraFailure, closeCamera, openCamera } from '../../shared/capture/camera';
import { fitted, jpegOf } from '../../shared/capture/still';
import { CaptureStream, openSocket } from '../../shared/capture/stream';
import { locale } from '../../shared/i18n/locale.svelte';
import type { Locale } from '../../shared/i18n/locales';
import { Obstacles, SteadyHint } from './steady-hint';

export type Phase =
  | 'intro'
  | 'asking'
  | 'connecting'
  | 'capturing'
  | 'moving_on'
  | 'retry'
  | 'lost'
  | 'problem'
  | CameraFailure;

const FRAME_EVERY_MS = 120;
const SHORT_SIDE = 480;
/** No answer for this long: the connection is dead even if nobody has said so. */
const SILENCE_MS = 10_000;
/** The one reason for which the hints say what was in the way. */
const TIME_OVER = 'capture_timeout';

type Finished = (result: CaptureResult, view: VerificationView) => void;

/** One go at the face: camera, stream and what the page shows of them. Whatever ends it also stops the camera. */
export class CaptureRun {
  phase = $state<Phase>('intro');
  hint = $state<string | null>(null);
  collected = $state(0);
  needed = $state(1);
  secondsLeft = $state<number | null>(null);
  problem = $state.raw<{ code: string; detail: string } | null>(null);
  /** Why an attempt came to nothing; the sentence is in the language in which the stream was opened. */
  retry = $state.raw<{ code: string | null; text: string | null; language: Locale } | null>(null);
  /** What to do better next time, after an attempt whose time ran out. */
  obstacle = $state<string | null>(null);

  #attempt = 0;
  #camera: MediaStream | null = null;
  #stream: CaptureStream | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;
  #canvas: HTMLCanvasElement | undefined;
  #drawing = false;
  #heardAt = 0;
  #language: Locale = locale.current;
  #endsAt: number | null = null;
  #steady = new SteadyHint();
  #obstacles = new Obstacles();

  constructor(private readonly finished: Finished) {}

  async start(video: HTMLVideoElement, framesNeeded: number): Promise<void> {
    this.stop();
    const attempt = this.#attempt;
    this.#reset(framesNeeded);
    this.phase = 'asking';
    try {
      const camera = await openCamera();
      // The page may have been left while the browser was asking: then nobody else would switch the camera off.
      if (attempt !== this.#attempt) return closeCamera(camera);
      this.#camera = camera;
      for (const track of camera.getVideoTracks()) track.onended = () => this.#fail('missing');
      video.srcObject = camera;
      await video.play();
    } catch (error) {
      if (attempt === this.#attempt) this.#fail(cameraFailure(error));
      return;
    }
    if (attempt !== this.#attempt) return;
    this.phase = 'connecting';
    this.#heardAt = performance.now();
    this.#language = locale.current;
    this.#stream = new CaptureStream(
      openSocket(this.#language),
      (answer) => this.#hear(answer),
      () => this.#fail('lost'),
    );
    this.#timer = setInterval(() => void this.#tick(video), FRAME_EVERY_MS);
  }

  /** Switches everything off; the phase stays for the page to show. */
  stop(): void {
    this.#attempt += 1;
    clearInterval(this.#timer);
    this.#stream?.close();
    this.#stream = null;
    closeCamera(this.#camera);
    this.#camera = null;
  }

  /** The page went out of sight: phones take the camera away then, and the frames would stand still. */
  hidden(): void {
    if (this.phase === 'capturing' || this.phase === 'connecting') this.#fail('lost');
  }

  #reset(framesNeeded: number): void {
    this.hint = null;
    this.collected = 0;
    this.needed = framesNeeded;
    this.secondsLeft = null;
    this.problem = null;
    this.retry = null;
    this.obstacle = null;
    this.#drawing = false;
    this.#endsAt = null;
    this.#steady = new SteadyHint();
    this.#obstacles = new Obstacles();
  }

  #fail(phase: Phase): void {
    this.stop();
    this.phase = phase;
  }

  async #tick(video: HTMLVideoElement): Promise<void> {
    const now = performance.now();
    if (now - this.#heardAt > SILENCE_MS) return this.#fail('lost');
    if (this.#endsAt !== null) this.secondsLeft = Math.max(0, Math.ceil((this.#endsAt - now) / 1000));
    const stream = this.#stream;
    if (!stream?.free || this.#drawing) return;
    this.#drawing = true;
    try {
      this.#canvas ??= document.createElement('canvas');
      const capturedAt = performance.timeOrigin + now;
      const jpeg = await jpegOf(video, fitted(video.videoWidth, video.videoHeight, SHORT_SIDE), this.#canvas);
      if (jpeg) stream.send(capturedAt, jpeg);
    } finally {
      this.#drawing = false;
    }
  }

  #hear(answer: Answer): void {
    const now = performance.now();
    this.#heardAt = now;
    switch (answer.type) {
      case 'ready':
        this.needed = answer.frames_needed;
        this.#endsAt = now + answer.seconds * 1000;
        this.phase = 'capturing';
        break;
      case 'guidance':
        this.collected = answer.collected;
        this.needed = answer.needed;
        this.#obstacles.take(answer.code);
        this.hint = this.#steady.take(answer.code, now);
        break;
      case 'result':
        this.retry = { code: answer.reason, text: answer.text, language: this.#language };
        this.obstacle = answer.reason === TIME_OVER ? this.#obstacles.worst : null;
        if (answer.result === 'passed') this.collected = this.needed;
        this.#fail(answer.result === 'retry' ? 'retry' : 'moving_on');
        this.finished(answer.result, answer.verification);
        break;
      case 'problem':
        this.problem = answer;
        this.#fail('problem');
        break;
    }
  }
}
