import { chromium } from 'playwright-core';

/** Flags that make Chromium quiet and repeatable, and give it a camera that plays a file. */
const FLAGS = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * A real Chromium: at CHROMIUM, else where Debian puts it.
 * @param {{ camera?: string | null, allowed?: boolean }} options `camera`: a .mjpeg or .y4m file; null: a device without
 *   one; absent: the browser's own test picture. `allowed`: what the person answers when the page asks for the camera. `blocksPopups`: as a browser
 *   does by itself, windows open for clicks alone.
 */
export function launch({ camera, allowed = true, blocksPopups = false } = {}) {
  const media = camera === null ? [] : ['--use-fake-device-for-media-stream'];
  if (camera) media.push(`--use-file-for-fake-video-capture=${camera}`);
  media.push(allowed ? '--use-fake-ui-for-media-stream' : '--deny-permission-prompts');
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    // Playwright adds its own headless flag otherwise, of the old kind.
    ignoreDefaultArgs: ['--headless', ...(blocksPopups ? ['--disable-popup-blocking'] : [])],
    args: [...FLAGS, ...media],
  });
}

/** Sizes that every page has to look right at. */
export const PHONE = { width: 360, height: 740 };
export const DESKTOP = { width: 1280, height: 800 };
