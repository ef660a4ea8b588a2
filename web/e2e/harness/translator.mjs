/**
 * Translates a page as Chrome does: each text is put into two elements of its own, and what comes later is, too. What says that it
 * is not to be translated is left alone, unless it is `forced`, as by extensions. Returns how many texts it took.
 */
export function translate(page, { forced = false } = {}) {
  return page.evaluate((force) => {
    const refused = (node) => !force && node.parentElement?.closest('[translate=no], .notranslate');
    const isOurs = (node) => node.parentElement?.closest('font');
    function take(root) {
      const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
      const texts = [];
      for (let node = walker.nextNode(); node; node = walker.nextNode()) texts.push(node);
      const wanted = texts.filter((node) => node.data.trim() && !isOurs(node) && !refused(node) && !node.parentElement.closest('script, style'));
      for (const node of wanted) {
        const [outer, inner] = [document.createElement('font'), document.createElement('font')];
        inner.textContent = `[${node.data.trim()}]`;
        outer.append(inner);
        // The page keeps the old node, which is no longer on the page: what it writes there nobody sees.
        node.replaceWith(outer);
      }
      return wanted.length;
    }
    const taken = take(document.body);
    new MutationObserver((changes) => {
      for (const { addedNodes } of changes) for (const node of addedNodes) if (node.isConnected && node.nodeType === 1) take(node);
    }).observe(document.body, { childList: true, subtree: true });
    return taken;
  }, forced);
}
