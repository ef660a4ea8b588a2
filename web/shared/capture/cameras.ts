/** The cameras of a device, and which of them is taken. */
export interface CameraChoice {
  readonly id: string;
  readonly label: string;
}

const CHOSEN = 'rastau.camera';
/** Names of cameras that are programs (src/domain/face/liveness/continuity.rs). */
const VIRTUAL = /obs|virtual|manycam|snap camera|xsplit|splitcam|droidcam|iriun|epoccam|fake|v4l2loopback|webcamoid|youcam|deepfacelive/i;
/** How phones and computers name the one that faces the person; and infrared ones, which give no colours. */
const FRONT = /front|facetime|user|selfie|передн|фронт|алдыңғы/i;
const BACK = /back|rear|environment|задн|артқы/i;
const INFRARED = /infrared|\bir\b/i;

/** All of them; none while the browser does not tell, which it does once one was allowed. */
export async function listCameras(): Promise<CameraChoice[]> {
  try {
    const devices = await navigator.mediaDevices.enumerateDevices();
    return devices
      .filter(({ kind, deviceId, label }) => kind === 'videoinput' && deviceId !== '' && label !== '')
      .map(({ deviceId, label }) => ({ id: deviceId, label }));
  } catch {
    return [];
  }
}

/** The best of these for a face: real before virtual, for colours before infrared, facing the person before facing away. */
export function bestCamera(cameras: readonly CameraChoice[]): CameraChoice | null {
  const worth = ({ label }: CameraChoice): number =>
    (VIRTUAL.test(label) ? 0 : 8) + (INFRARED.test(label) ? 0 : 4) + (BACK.test(label) ? 0 : 2) + (FRONT.test(label) ? 1 : 0);
  return cameras.reduce<CameraChoice | null>((best, one) => (best === null || worth(one) > worth(best) ? one : best), null);
}

/** Another camera than the one that the browser opened by itself, if that is a program and there is a real one. */
export async function preferredCamera(opened: MediaStream): Promise<string | null> {
  const track = opened.getVideoTracks()[0];
  if (!track || !VIRTUAL.test(track.label)) return null;
  const best = bestCamera(await listCameras());
  return best === null || VIRTUAL.test(best.label) ? null : best.id;
}

/** Which one a stream comes from. */
export const cameraOf = (stream: MediaStream): string | null => stream.getVideoTracks()[0]?.getSettings().deviceId ?? null;

// A browser may keep no storage at all for this page; then the choice is forgotten with the page.
let chosen: string | null = null;

/** What the person chose in this session. */
export function chosenCamera(): string | null {
  try {
    return sessionStorage.getItem(CHOSEN) ?? chosen;
  } catch {
    return chosen;
  }
}

export function chooseCamera(id: string): void {
  chosen = id;
  try {
    sessionStorage.setItem(CHOSEN, id);
  } catch {
    // See above.
  }
}

/** It was unplugged. */
export function forgetCamera(): void {
  chosen = null;
  try {
    sessionStorage.removeItem(CHOSEN);
  } catch {
    // See above.
  }
}
