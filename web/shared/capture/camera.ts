import { chosenCamera, forgetCamera, preferredCamera } from './cameras';
import type { CameraInfo } from './transport';

/** Why the camera may not be had. `unasked`: refused although nobody was asked, as browsers inside apps do. */
export type CameraFailure = 'denied' | 'unasked' | 'missing' | 'busy' | 'unsupported';

/** The camera is not to be had. */
export class CameraRefused extends Error {
  constructor(readonly failure: CameraFailure) {
    super(failure);
  }
}

const SIZE = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 30 } };
/** Nobody reads a question and answers it sooner. */
const LEAST_ANSWER_MS = 500;

/** Opens the camera that was chosen, else the one that faces the person; a CameraRefused says why not. */
export async function openCamera(): Promise<MediaStream> {
  // Browsers hide the camera from pages that are not served over a secure connection.
  if (!navigator.mediaDevices?.getUserMedia) throw new CameraRefused('unsupported');
  const chosen = chosenCamera();
  if (chosen !== null) {
    try {
      return await open({ deviceId: { exact: chosen } });
    } catch (error) {
      if (!(error instanceof CameraRefused && error.failure === 'missing')) throw error;
      forgetCamera();
    }
  }
  const usual = await open({ facingMode: 'user' });
  const better = await preferredCamera(usual);
  if (better === null) return usual;
  closeCamera(usual);
  return open({ deviceId: { exact: better } });
}

async function open(which: MediaTrackConstraints): Promise<MediaStream> {
  const before = await permission();
  const askedAt = performance.now();
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: false, video: { ...which, ...SIZE } });
  } catch (error) {
    const failure = cameraFailure(error);
    const unasked = failure === 'denied' && before === 'prompt' && performance.now() - askedAt < LEAST_ANSWER_MS;
    throw new CameraRefused(unasked ? 'unasked' : failure);
  }
}

/** What the browser says that it would do; `null` where it does not say. */
async function permission(): Promise<PermissionState | null> {
  try {
    return (await navigator.permissions.query({ name: 'camera' as PermissionName })).state;
  } catch {
    return null;
  }
}

export function closeCamera(stream: MediaStream | null): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

export function cameraFailure(error: unknown): CameraFailure {
  if (error instanceof CameraRefused) return error.failure;
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
