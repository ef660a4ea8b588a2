import type { VerificationView } from '../../shared/api/verification';
import type { Answer, CaptureResult, Fault, Show } from '../../shared/capture/answers';
import { type CameraFailure, cameraFailure, closeCamera, openCamera } from '../../shared/capture/camera';
import { type CameraChoice, listCameras } from '../../shared/capture/cameras';
import { canvasIsReadable } from '../../shared/capture/canvas-check';
import { LiveCamera, TouchNeeded } from '../../shared/capture/live-camera';
import { Painted } from '../../shared/capture/painted';
import { CaptureStream } from '../../shared/capture/stream';
import type { CaptureRequest, Open } from '../../shared/capture/transport';
import { openCapture } from '../../shared/capture/ways';
import { locale } from '../../shared/i18n/locale.svelte';
import type { Locale } from '../../shared/i18n/locales';
import { FramePump } from './frame-pump';
import { Obstacles, SteadyHint } from './steady-hint';

export type Phase =
  | 'intro'
  | 'asking'
  /** The video wants a touch before it plays. */
  | 'touch'
  | 'connecting'
  | 'capturing'
  | 'moving_on'
  | 'retry'
  | 'lost'
  /** A call or another program has the camera, or something is before it. */
  | 'taken'
  /** The browser does not let the page read the camera's pictures. */
  | 'unreadable'
  | 'problem'
  | CameraFailure;

const FRAME_EVERY_MS = 100;
/** So long somebody may look for the question; then it is said what to do where none is asked. */
const UNASKED_MS = 20_000;
/** No answer for this long: the connection is dead even if nobody has said so. */
const SILENCE_MS = 10_000;
/** Time to read that the connection broke, and for a network that is changing over. */
const AGAIN_AFTER_MS = 1_500;
/** The one reason for which the hints say what was in the way. */
const TIME_OVER = 'capture_timeout';

type Finished = (result: CaptureResult, view: VerificationView) => void;

/** The browser around a run, so that a test can stand in for it. */
export interface Surroundings {
  canvasIsReadable(): Promise<boolean>;
  openCamera(): Promise<MediaStream>;
  listCameras(): Promise<CameraChoice[]>;
  openCapture(request: CaptureRequest): Open;
}

const BROWSER: Surroundings = { canvasIsReadable, openCamera, listCameras, openCapture };

/** One go at the face: camera, capture and what the page shows of them. Whatever ends it also stops the camera. */
export class CaptureRun {
  phase = $state<Phase>('intro');
  /** What the server wants on the screen. */
  show = $state.raw<Show | null>(null);
  hint = $state<string | null>(null);
  /** 0 to 1. */
  progress = $state(0);
  secondsLeft = $state<number | null>(null);
  /** The connection broke and this is the capture after it; until something is asked for anew. */
  again = $state(false);
  problem = $state.raw<Fault | null>(null);
  /** Why an attempt came to nothing; the sentence is in the language in which the capture was opened. */
  retry = $state.raw<{ code: string | null; text: string | null; language: Locale } | null>(null);
  /** What to do better next time, after an attempt whose time ran out. */
  obstacle = $state<string | null>(null);
  /** The browser has not asked for the camera, or nobody has answered, for long. */
  unanswered = $state(false);
  /** The device's cameras, as far as the browser tells. */
  cameras = $state.raw<readonly CameraChoice[]>([]);
  /** Which of them is on, or was last. */
  cameraId = $state<string | null>(null);
  /** Whether nothing of this capture's challenge was seen yet: until then it may be begun anew for nothing. */
  unseen = $state(true);

  #attempt = 0;
  #camera: LiveCamera | null = null;
  #stream: CaptureStream | null = null;
  #pump: FramePump | null = null;
  #painted = new Painted();
  #timer: ReturnType<typeof setInterval> | undefined;
  #reopening: ReturnType<typeof setTimeout> | undefined;
  #asking: ReturnType<typeof setTimeout> | undefined;
  #reopened = false;
  #heardAt = 0;
  #language: Locale = locale.current;
  #endsAt: number | null = null;
  #steady = new SteadyHint();
  #obstacles = new Obstacles();

  constructor(
    private readonly finished: Finished,
    private readonly surroundings: Surroundings = BROWSER,
  ) {}

  /** `lights`: whether colours may flash. */
  async start(video: HTMLVideoElement, lights: boolean): Promise<void> {
    this.stop();
    const attempt = this.#attempt;
    this.#reset();
    this.phase = 'asking';
    const readable = await this.surroundings.canvasIsReadable();
    if (attempt !== this.#attempt) return;
    if (!readable) return this.#fail('unreadable');
    this.#asking = setTimeout(() => (this.unanswered = true), UNASKED_MS);
    try {
      const stream = await this.surroundings.openCamera();
      // The page may have been left while the browser was asking: then nobody else would switch the camera off.
      if (attempt !== this.#attempt) return closeCamera(stream);
      this.#camera = new LiveCamera(stream, video, () => this.#giveUp('taken'));
    } catch (error) {
      if (attempt === this.#attempt) this.#fail(cameraFailure(error));
      return;
    }
    clearTimeout(this.#asking);
    this.unanswered = false;
    this.cameraId = this.#camera.id;
    void this.lookForCameras();
    await this.play(video, lights);
  }

  /** Shows the camera that was opened, and begins; called again where the video asked for a touch. */
  async play(video: HTMLVideoElement, lights: boolean): Promise<void> {
    const attempt = this.#attempt;
    try {
      await this.#camera?.play();
    } catch (error) {
      if (attempt !== this.#attempt) return;
      if (error instanceof TouchNeeded) this.phase = 'touch';
      else this.#fail(cameraFailure(error));
      return;
    }
    if (attempt === this.#attempt && this.#camera) this.#connect(video, lights);
  }

  /** Switches everything off; the phase stays for the page to show. */
  stop(): void {
    this.#attempt += 1;
    clearTimeout(this.#asking);
    this.unanswered = false;
    this.#disconnect();
    this.#camera?.close();
    this.#camera = null;
  }

  /** The page went out of sight: phones take the camera away then, and the frames would stand still. */
  hidden(): void {
    if (this.phase === 'capturing' || this.phase === 'connecting') this.#giveUp('lost');
  }

  /** Browsers name them once a camera was allowed. */
  async lookForCameras(): Promise<void> {
    this.cameras = await this.surroundings.listCameras();
  }

  #connect(video: HTMLVideoElement, lights: boolean): void {
    this.phase = 'connecting';
    this.#heardAt = performance.now();
    this.#language = locale.current;
    this.#painted = new Painted();
    this.#camera?.forget();
    const camera = this.#camera?.info ?? null;
    const stream = new CaptureStream(
      this.surroundings.openCapture({ locale: this.#language, lights, camera }),
      (answer) => this.#hear(answer),
      () => this.#lose(video, lights),
    );
    this.#stream = stream;
    this.#pump = new FramePump(video, stream, this.#painted);
    this.#timer = setInterval(() => this.#tick(video, lights), FRAME_EVERY_MS);
  }

  #disconnect(): void {
    clearInterval(this.#timer);
    clearTimeout(this.#reopening);
    this.#stream?.close();
    this.#stream = null;
    this.#pump = null;
  }

  /** A capture that breaks off is begun anew by itself once; one that never began, or a second time, is the person's to begin. */
  #lose(video: HTMLVideoElement, lights: boolean): void {
    if (this.phase !== 'capturing' || this.#reopened) return this.#fail('lost');
    this.#disconnect();
    this.#forget();
    this.#reopened = true;
    this.again = true;
    this.phase = 'connecting';
    this.#reopening = setTimeout(() => this.#connect(video, lights), AGAIN_AFTER_MS);
  }

  #reset(): void {
    this.#forget();
    this.again = false;
    this.#reopened = false;
    this.problem = null;
    this.retry = null;
    this.obstacle = null;
    this.#obstacles = new Obstacles();
  }

  /** Nothing of one capture serves in the next. */
  #forget(): void {
    this.show = null;
    this.unseen = true;
    this.hint = null;
    this.progress = 0;
    this.secondsLeft = null;
    this.#endsAt = null;
    this.#steady = new SteadyHint();
  }

  #fail(phase: Phase): void {
    this.stop();
    this.phase = phase;
  }

  /** No fault of whoever stands there: the server is told so before the line closes. */
  #giveUp(phase: Phase): void {
    this.#stream?.giveUp();
    this.#fail(phase);
  }

  #tick(video: HTMLVideoElement, lights: boolean): void {
    const now = performance.now();
    // Before anything was heard, the ways to the server have deadlines of their own.
    if (this.phase === 'capturing' && now - this.#heardAt > SILENCE_MS) return this.#lose(video, lights);
    if (this.#camera?.look(now)) return this.#giveUp('taken');
    if (this.#endsAt !== null) this.secondsLeft = Math.max(0, Math.ceil((this.#endsAt - now) / 1000));
    void this.#pump?.take();
  }

  #hear(answer: Answer): void {
    const now = performance.now();
    this.#heardAt = now;
    switch (answer.type) {
      case 'ready':
        this.#endsAt = now + answer.seconds * 1000;
        this.phase = 'capturing';
        break;
      case 'show':
        this.#put(answer, now);
        break;
      case 'guidance':
        this.progress = answer.progress;
        this.#obstacles.take(answer.code);
        this.hint = this.#steady.take(answer.code, now);
        break;
      case 'result':
        this.#end(answer.result, answer.reason, answer.text);
        this.finished(answer.result, answer.verification);
        break;
      case 'problem':
        this.problem = answer;
        this.#fail('problem');
        break;
    }
  }

  #put(show: Show, now: number): void {
    const first = this.show === null;
    this.show = show;
    const asks = show.command !== null || show.light !== null;
    if (asks) [this.again, this.unseen] = [false, false];
    // What is asked for stands until a hint has come twice: guidance to frames from before this was seen would flicker over it.
    if (!first || asks) this.hint = this.#steady.put(asks ? 'follow' : 'straight', now);
    this.#painted.told(show.index);
  }

  #end(result: CaptureResult, reason: string | null, text: string | null): void {
    this.retry = { code: reason, text, language: this.#language };
    this.obstacle = reason === TIME_OVER ? this.#obstacles.worst : null;
    if (result === 'passed') this.progress = 1;
    this.show = null;
    this.#fail(result === 'retry' ? 'retry' : 'moving_on');
  }
}
