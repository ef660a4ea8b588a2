/**
 * Gives a page cameras of the test's own, which do what cameras do in the wild. In the page, `wild` says what happens next:
 * `picture`: `live`, `black` or `frozen`; `muted`; `refuses`: the name of the error, `never` for a question that nobody answers.
 * @param {{ cameras?: string[], size?: number[], userAgent?: string, refuses?: string, permission?: string, touch?: boolean, canvas?: string }} wishes
 *   `touch`: videos play only when touched; `canvas`: what a canvas gives back: `nothing`, `never` or `noise`.
 */
export async function withOwnCamera(page, wishes = {}) {
  await page.addInitScript(ownCamera, { cameras: ['FaceTime HD Camera'], size: [640, 480], permission: 'granted', ...wishes });
}

/** Says what happens to the camera from now on. */
export const happens = (page, what) => page.evaluate((change) => Object.assign(globalThis.wild, change), what);

/** In the page. */
function ownCamera({ cameras, size, userAgent, refuses = null, permission, touch, canvas }) {
  if (!navigator.mediaDevices) return;
  const wild = (globalThis.wild = { picture: 'live', muted: false, refuses, opened: [] });
  if (userAgent) Object.defineProperty(Navigator.prototype, 'userAgent', { get: () => userAgent });
  navigator.permissions.query = async () => ({ state: permission });
  const devices = cameras.map((label, at) => ({ kind: 'videoinput', deviceId: `camera-${at}`, groupId: '', label }));
  let allowed = permission === 'granted';

  function streamOf(device) {
    const [width, height] = size;
    const screen = Object.assign(document.createElement('canvas'), { width, height });
    const context = screen.getContext('2d');
    const timer = setInterval(() => {
      if (wild.picture === 'frozen') return;
      context.fillStyle = '#000';
      context.fillRect(0, 0, width, height);
      for (let spot = 0; spot < 60 && wild.picture === 'live'; spot += 1) {
        context.fillStyle = `hsl(${360 * Math.random()} 50% 50%)`;
        context.fillRect(width * Math.random(), height * Math.random(), 120, 120);
      }
    }, 50);
    const stream = screen.captureStream(20);
    const [track] = stream.getVideoTracks();
    const stop = track.stop.bind(track);
    Object.defineProperty(track, 'label', { value: device.label });
    Object.defineProperty(track, 'muted', { get: () => wild.muted });
    track.getSettings = () => ({ deviceId: device.deviceId, width, height, frameRate: 20 });
    track.stop = () => (clearInterval(timer), stop());
    return stream;
  }

  navigator.mediaDevices.enumerateDevices = async () => (allowed ? devices : devices.map((one) => ({ ...one, label: '', deviceId: '' })));
  navigator.mediaDevices.getUserMedia = async ({ video }) => {
    if (wild.refuses === 'never') await new Promise((resolve) => (wild.allow = resolve));
    else if (wild.refuses) throw new DOMException('refused', wild.refuses);
    allowed = true;
    const wanted = video.deviceId?.exact;
    const device = wanted ? devices.find(({ deviceId }) => deviceId === wanted) : devices[0];
    if (!device) throw new DOMException('no such camera', 'OverconstrainedError');
    wild.opened.push(device.label);
    return streamOf(device);
  };

  if (touch) {
    const play = HTMLMediaElement.prototype.play;
    HTMLMediaElement.prototype.play = function () {
      // The press on the first button is long ago when the camera has been allowed.
      if (!wild.touched) return Promise.reject(new DOMException('not without a touch', 'NotAllowedError'));
      return play.call(this);
    };
    document.addEventListener('click', ({ target }) => (wild.touched = target.dataset.testid === 'face-touch'), { capture: true });
  }

  const toBlob = HTMLCanvasElement.prototype.toBlob;
  if (canvas === 'nothing') HTMLCanvasElement.prototype.toBlob = (done) => done(null);
  if (canvas === 'never') HTMLCanvasElement.prototype.toBlob = () => {};
  if (canvas === 'noise') {
    HTMLCanvasElement.prototype.toBlob = function (...wishes) {
      const { width, height } = this;
      const noise = new ImageData(
        Uint8ClampedArray.from({ length: 4 * width * height }, () => 256 * Math.random()),
        width,
        height,
      );
      this.getContext('2d').putImageData(noise, 0, 0);
      return toBlob.apply(this, wishes);
    };
  }
}
