import type { CameraInfo } from './transport';

/** The camera, and why it may not be had. */
export type CameraFailure = 'denied' | 'missing' | 'busy' | 'unsupported';

export async function openCamera(): Promise<MediaStream> {
  // Browsers hide the camera from pages that are not served over a secure connection.
  if (!navigator.mediaDevices?.getUserMedia) throw new DOMException('no media devices', 'NotSupportedError');
  return navigator.mediaDevices.getUserMedia({
    audio: false,
    video: { facingMode: 'user', width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 30 } },
  });
}

export function closeCamera(stream: MediaStream | null): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

export function cameraFailure(error: unknown): CameraFailure {
  const name = error instanceof Error || error instanceof DOMException ? error.name : '';
  switch (name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'denied';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'missing';
    case 'NotSupportedError':
      return 'unsupported';
    default:
      return 'busy';
  }
}

/** Labels are the driver's; the server takes no more than 2 KiB in all. */
const LABEL_LENGTH = 200;

/** What the browser says of its camera: evidence for the server, nothing that the page acts on. */
export function cameraInfo(stream: MediaStream): CameraInfo | null {
  const track = stream.getVideoTracks()[0];
  if (!track) return null;
  const { width = 0, height = 0, frameRate = 0 } = track.getSettings();
  return { label: track.label.slice(0, LABEL_LENGTH), width, height, frame_rate: Math.round(frameRate) };
}
