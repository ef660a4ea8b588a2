import { stateOf } from './authorization.js';
import type { Browser } from './browser.js';
import { lineOf, type Message, readMessage } from './messages.js';

/** A page that waits answers within milliseconds; this is for a machine that has much to do. */
const PATIENCE_MS = 3_000;

/** On the callback page: gives the address to the page that waits for it, if there is one. Resolves to whether it did. */
export async function handOver(browser: Browser, address: string): Promise<boolean> {
  const line = lineOf(stateOf(address));
  if (!(await browser.isHeld(line))) return false;
  const channel = browser.channel(line);
  const id = crypto.randomUUID();
  const say = (message: Message): void => channel.say(message);
  let given = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  return new Promise<boolean>((resolve) => {
    timer = setTimeout(() => {
      // Once given it is the other page's, whether that said so or not.
      if (!given) say({ say: 'alone', id });
      resolve(given);
    }, PATIENCE_MS);
    channel.onheard = (data) => {
      const message = readMessage(data);
      if (message?.id !== id) return;
      if (message.say === 'taken') resolve(given);
      if (message.say !== 'ready' || given) return;
      given = true;
      say({ say: 'answer', id, address });
    };
    say({ say: 'here', id });
  }).finally(() => {
    clearTimeout(timer);
    channel.close();
  });
}
