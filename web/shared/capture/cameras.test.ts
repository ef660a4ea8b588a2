import { afterEach, describe, expect, it, vi } from 'vitest';
import { CameraRefused, openCamera } from './camera';
import { bestCamera, chooseCamera, chosenCamera, forgetCamera, listCameras } from './cameras';

const named = (...labels: string[]) => labels.map((label, at) => ({ id: String(at), label }));
const best = (...labels: string[]) => bestCamera(named(...labels))?.label;

interface Device {
  readonly deviceId: string;
  readonly label: string;
}

/** A browser with these cameras, of which it opens the first by itself. `asked`: what was asked of it. */
function browser(devices: Device[], { state = 'granted', refuses = null as string | null } = {}) {
  const asked: unknown[] = [];
  const stream = (device: Device) => {
    const track = { label: device.label, stop: vi.fn(), getSettings: () => ({ deviceId: device.deviceId }) };
    return { device, getTracks: () => [track], getVideoTracks: () => [track] };
  };
  const getUserMedia = async ({ video }: { video: { deviceId?: { exact: string } } }) => {
    asked.push(video.deviceId?.exact ?? 'user');
    if (refuses) throw new DOMException('no', refuses);
    const device = video.deviceId ? devices.find(({ deviceId }) => deviceId === video.deviceId?.exact) : devices[0];
    if (!device) throw new DOMException('no', 'OverconstrainedError');
    return stream(device);
  };
  const enumerateDevices = async () => [{ kind: 'audioinput', deviceId: 'm', label: 'Mic' }, ...devices.map((one) => ({ kind: 'videoinput', ...one }))];
  vi.stubGlobal('navigator', { mediaDevices: { getUserMedia, enumerateDevices }, permissions: { query: async () => ({ state }) } });
  return asked;
}

const opened = async () => ((await openCamera()) as unknown as { device: Device }).device.deviceId;
const failure = async () =>
  openCamera().then(
    () => null,
    (error: CameraRefused) => error.failure,
  );

afterEach(() => {
  forgetCamera();
  vi.unstubAllGlobals();
});

const REAL = { deviceId: 'real', label: 'Integrated Webcam' };
const OBS = { deviceId: 'obs', label: 'OBS Virtual Camera' };

describe('the best camera', () => {
  it('is a real one, in colours, that faces the person', () => {
    expect(best('OBS Virtual Camera', 'Integrated Webcam')).toBe('Integrated Webcam');
    expect(best('Integrated IR Camera', 'Integrated Camera')).toBe('Integrated Camera');
    expect(best('camera2 0, facing back', 'camera2 1, facing front')).toBe('camera2 1, facing front');
    expect(best('Камера на задней панели', 'Фронтальная камера')).toBe('Фронтальная камера');
    expect(best('One', 'Two')).toBe('One');
    expect(best()).toBeUndefined();
  });
});

describe('opening', () => {
  it('takes what the browser gives, and a real camera instead of a program', async () => {
    browser([REAL, OBS]);
    expect(await opened()).toBe('real');
    browser([OBS, REAL]);
    expect(await opened()).toBe('real');
    browser([OBS]);
    expect(await opened()).toBe('obs');
  });

  it('takes what was chosen in this session, a program too, and forgets what was unplugged', async () => {
    chooseCamera('obs');
    const asked = browser([REAL, OBS]);
    expect([await opened(), asked]).toEqual(['obs', ['obs']]);
    browser([REAL]);
    expect([await opened(), chosenCamera()]).toEqual(['real', null]);
  });

  it('lists cameras, once their names are told', async () => {
    browser([REAL, { deviceId: '', label: '' }]);
    expect(await listCameras()).toEqual([{ id: 'real', label: 'Integrated Webcam' }]);
  });

  it('tells a refusal that nobody was asked about from one that somebody gave', async () => {
    browser([REAL], { state: 'prompt', refuses: 'NotAllowedError' });
    expect(await failure()).toBe('unasked');
    browser([REAL], { state: 'denied', refuses: 'NotAllowedError' });
    expect(await failure()).toBe('denied');
    browser([REAL], { state: 'prompt', refuses: 'NotReadableError' });
    expect(await failure()).toBe('busy');
    vi.stubGlobal('navigator', {});
    expect(await failure()).toBe('unsupported');
  });
});
