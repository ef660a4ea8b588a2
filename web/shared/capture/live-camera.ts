import { cameraInfo, closeCamera } from './camera';
import { cameraOf } from './cameras';
import { PictureWatch, type Stuck } from './picture-watch';
import type { CameraInfo } from './transport';

/** Why a camera that was on gives no pictures any more. */
export type Taken = Stuck | 'muted' | 'ended';

const LOOK_EVERY_MS = 500;
/** Browsers mute a track for a moment when it begins, and when a device is slow. */
const MUTED_MS = 3_000;
/** A camera that was opened shows its first picture within this. */
const FIRST_PICTURE_MS = 10_000;
const [WIDTH, HEIGHT] = [16, 12];

/** The video may not start by itself, as on phones that save power: a touch starts it. */
export class TouchNeeded extends Error {}

/** A camera that is on, shown in a video; it is watched for being taken away. */
export class LiveCamera {
  #watch = new PictureWatch();
  #canvas: HTMLCanvasElement | undefined;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #mutedSince: number | null = null;

  constructor(
    readonly stream: MediaStream,
    private readonly video: HTMLVideoElement,
    private readonly ended: () => void,
  ) {
    for (const track of stream.getVideoTracks()) track.onended = () => this.ended();
    video.srcObject = stream;
  }

  get info(): CameraInfo | null {
    return cameraInfo(this.stream);
  }

  /** Which of the device's cameras it is, where the browser says. */
  get id(): string | null {
    return cameraOf(this.stream);
  }

  /** Shows it. TouchNeeded: only when somebody touches the page; any other error: it gives no picture. */
  async play(): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new DOMException('no picture', 'TimeoutError')), FIRST_PICTURE_MS);
    });
    try {
      await Promise.race([this.video.play(), late]);
    } catch (error) {
      if (error instanceof DOMException && error.name === 'NotAllowedError') throw new TouchNeeded();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Why there are no pictures any more; `null` while there are. Called while a capture is under way. */
  look(nowMs: number): Taken | null {
    const muted = this.stream.getVideoTracks().some((track) => track.muted);
    this.#mutedSince = muted ? (this.#mutedSince ?? nowMs) : null;
    if (this.#mutedSince !== null && nowMs - this.#mutedSince >= MUTED_MS) return 'muted';
    if (nowMs - this.#lookedAt < LOOK_EVERY_MS) return null;
    this.#lookedAt = nowMs;
    const pixels = this.#pixels();
    return pixels && this.#watch.take(pixels, nowMs);
  }

  /** What came before says nothing of the next capture. */
  forget(): void {
    this.#watch = new PictureWatch();
    this.#mutedSince = null;
  }

  close(): void {
    for (const track of this.stream.getVideoTracks()) track.onended = null;
    closeCamera(this.stream);
  }

  #pixels(): Uint8ClampedArray | null {
    if (this.video.videoWidth === 0) return null;
    this.#canvas ??= Object.assign(document.createElement('canvas'), { width: WIDTH, height: HEIGHT });
    const context = this.#canvas.getContext('2d', { alpha: false, willReadFrequently: true });
    context?.drawImage(this.video, 0, 0, WIDTH, HEIGHT);
    return context?.getImageData(0, 0, WIDTH, HEIGHT).data ?? null;
  }
}
