/**
 * Collects what must never happen on our pages: script errors, whatever the browser writes to the console as an error
 * (broken content security policy among it), answers that blame the server, and the rate limit in honest use.
 * @param {RegExp[]} expected what the flow provokes on purpose
 */
export function watch(page, expected = []) {
  const complaints = [];
  const complain = (text) => {
    if (!expected.some((pattern) => pattern.test(text))) complaints.push(text);
  };
  page.on('pageerror', (error) => complain(`error: ${error.message}`));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complain(`console: ${message.text()} (${message.location().url})`);
  });
  page.on('response', async (response) => {
    if (response.status() >= 500) complain(`answer: ${response.status()} ${response.url()}`);
    if (response.status() !== 429) return;
    const body = await response.text().catch(() => '');
    if (!/"(factor|face)_locked"/.test(body)) complain(`answer: 429 ${response.url()}`);
  });
  return complaints;
}

/** The browser writes every refusal of the server to the console. */
export const refusal = (status) => new RegExp(`console: Failed to load resource: .* status of ${status}`);
