/** What the browsers that messengers and networks bring along write into their user agent. */
const TOKENS: readonly (readonly [RegExp, string])[] = [
  [/\bInstagram\b/, 'Instagram'],
  [/\bFBAN\/Messenger|\bMessengerForiOS|\bFB_IAB\/Orca/, 'Messenger'],
  [/\bFB(AN|AV|_IAB)\b/, 'Facebook'],
  [/\bTelegram/, 'Telegram'],
  [/\bWhatsApp\//, 'WhatsApp'],
  [/\b(musical_ly|BytedanceWebview|TikTok|trill_)/, 'TikTok'],
  [/\b(VKAndroidApp|VKiOSApp|com\.vk\.)/i, 'VK'],
  [/\bLine\/\d/, 'LINE'],
  [/\bMicroMessenger\//, 'WeChat'],
  [/\bViber\b/, 'Viber'],
  [/\bSnapchat\b/, 'Snapchat'],
  [/\bKAKAOTALK\b/, 'KakaoTalk'],
  [/\bLinkedInApp\b/, 'LinkedIn'],
  [/\bPinterest\//, 'Pinterest'],
  [/\b(Twitter for|TwitterAndroid)/, 'X'],
  [/\bOkApp\b/, 'OK'],
];

/** A browser inside an app, and the app where it says its name. */
export interface InApp {
  readonly app: string | null;
}

/**
 * Whether a page is shown by an app's own browser, which may keep the camera from it. `null`: not that one could tell. Evidence for
 * the words alone: an operator's own app may well pass the camera on.
 */
export function inApp(userAgent: string): InApp | null {
  const named = TOKENS.find(([token]) => token.test(userAgent));
  if (named) return { app: named[1] };
  // A WebView of Android says so; one of iOS leaves out the name that every browser there ends with.
  const android = /Android/.test(userAgent) && /;\s*wv\)/.test(userAgent);
  const apple = /\b(iPhone|iPad|iPod)\b/.test(userAgent) && /AppleWebKit/.test(userAgent) && !/Safari\//.test(userAgent);
  return android || apple ? { app: null } : null;
}

/**
 * An address that Android opens in Chrome, whatever shows the page; `null` where there is no such thing. `site`: `https://bet.example`,
 * which is also where it leads where there is no Chrome.
 */
export function inChrome(site: string, userAgent: string): string | null {
  if (!/Android/.test(userAgent) || !URL.canParse(site)) return null;
  const { protocol, host } = new URL(site);
  if (protocol !== 'https:' && protocol !== 'http:') return null;
  const extras = [`scheme=${protocol.slice(0, -1)}`, 'package=com.android.chrome', `S.browser_fallback_url=${encodeURIComponent(site)}`];
  return `intent://${host}/#Intent;${extras.join(';')};end`;
}
