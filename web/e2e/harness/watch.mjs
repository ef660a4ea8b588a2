/** Collects what must never happen on our pages: script errors and things that the content security policy stopped. */
export function watch(page) {
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('console', (message) => {
    if (/Content Security Policy/i.test(message.text())) complaints.push(`policy: ${message.text()}`);
  });
  return complaints;
}
