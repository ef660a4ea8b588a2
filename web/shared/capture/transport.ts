import type { Answer } from './answers';

/** Whoever listens to a capture's connection. */
export interface Ears {
  heard(answer: Answer): void;
  /** The connection is no more, and nothing was said about it. May be called when it was closed from here, too. */
  gone(): void;
}

/** One capture's connection, whatever it runs over. */
export interface Transport {
  /** Frames leave in the order in which they come here. */
  send(frame: Uint8Array<ArrayBuffer>): void;
  /** Says that the camera was taken away, and closes. */
  giveUp(): void;
  close(): void;
}

export type Open = (ears: Ears) => Transport;

/** One way to the server. A second connection of the same kind is not worth waiting for where the first one hung. */
export interface Way {
  readonly kind: 'socket' | 'posts';
  readonly open: Open;
}

/** What a capture is opened with. */
export interface CaptureRequest {
  readonly locale: string;
  /** False: no colours that flash. */
  readonly lights: boolean;
  /** What the browser says of its camera. */
  readonly camera: CameraInfo | null;
}

export interface CameraInfo {
  readonly label: string;
  readonly width: number;
  readonly height: number;
  readonly frame_rate: number;
}
