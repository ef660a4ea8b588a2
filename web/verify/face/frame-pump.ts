import type { Painted } from '../../shared/capture/painted';
import { fitted, jpegOf } from '../../shared/capture/still';
import type { CaptureStream } from '../../shared/capture/stream';

const SHORT_SIDE = 480;

/** Takes pictures from the video and sends each with what was on the screen when it was taken. */
export class FramePump {
  #canvas: HTMLCanvasElement | undefined;
  #drawing = false;

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly stream: CaptureStream,
    private readonly painted: Painted,
  ) {}

  /** Does nothing while the last picture is still being made or the server is behind. */
  async take(): Promise<void> {
    if (!this.stream.free || this.#drawing) return;
    this.#drawing = true;
    try {
      this.#canvas ??= document.createElement('canvas');
      const { videoWidth, videoHeight } = this.video;
      // The picture is drawn at once, and only encoded later: these are the time and the screen of that moment.
      const [takenAt, index] = [performance.timeOrigin + performance.now(), this.painted.index];
      const jpeg = await jpegOf(this.video, fitted(videoWidth, videoHeight, SHORT_SIDE), this.#canvas);
      if (jpeg) await this.stream.send(takenAt, index, jpeg);
    } finally {
      this.#drawing = false;
    }
  }
}
