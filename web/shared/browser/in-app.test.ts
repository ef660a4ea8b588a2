import { describe, expect, it } from 'vitest';
import { inApp, inChrome } from './in-app';

const ANDROID = 'Mozilla/5.0 (Linux; Android 14; SM-A546E Build/UP1A; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/126.0 Mobile Safari/537.36';
const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148';
const CHROME = 'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36';

describe('a browser inside an app', () => {
  it.each([
    [`${ANDROID} Instagram 330.0.0.40.92 Android`, 'Instagram'],
    [`${ANDROID} [FB_IAB/FB4A;FBAV/465.0.0.46.74;]`, 'Facebook'],
    [`${IPHONE} [FBAN/FBIOS;FBAV/465.0]`, 'Facebook'],
    [`${IPHONE} [FBAN/MessengerForiOS;FBAV/460.0]`, 'Messenger'],
    [`${ANDROID.replace('; wv', '')} Telegram-Android/11.4.2 (Samsung SM-A546E; Android 14; SDK 34; AVERAGE)`, 'Telegram'],
    [`${IPHONE} WhatsApp/24.12.78`, 'WhatsApp'],
    [`${ANDROID} musical_ly_2023405030 BytedanceWebview/d8a21c6`, 'TikTok'],
    [`${ANDROID} VKAndroidApp/8.90-21234`, 'VK'],
    [`${IPHONE} Safari Line/14.9.0`, 'LINE'],
    [`${IPHONE} MicroMessenger/8.0.49(0x1800312f) NetType/WIFI`, 'WeChat'],
    [ANDROID, null],
    [IPHONE, null],
  ])('is known by what it says of itself: %s', (userAgent, app) => {
    expect(inApp(userAgent)).toEqual({ app });
  });

  it.each([
    CHROME,
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/126.0 Mobile/15E148 Safari/604.1',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:127.0) Gecko/20100101 Firefox/127.0',
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15',
    'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36',
  ])('is not every browser: %s', (userAgent) => {
    expect(inApp(userAgent)).toBeNull();
  });
});

describe('the way to Chrome', () => {
  it('leads to the site, and to the same without Chrome', () => {
    const address = inChrome('https://bet.example', ANDROID);
    expect(address).toBe('intent://bet.example/#Intent;scheme=https;package=com.android.chrome;S.browser_fallback_url=https%3A%2F%2Fbet.example;end');
  });

  it('is there on Android alone, and for sites alone', () => {
    expect(inChrome('https://bet.example', IPHONE)).toBeNull();
    expect(inChrome('javascript:alert(1)', ANDROID)).toBeNull();
    expect(inChrome('', ANDROID)).toBeNull();
  });
});
