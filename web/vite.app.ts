import { svelte } from '@sveltejs/vite-plugin-svelte';
import type { UserConfig } from 'vite';

/** One application of the four: served by Rastau under `/NAME/`, built into `dist/NAME`. */
export function application(name: 'verify' | 'sandbox' | 'console' | 'docs'): UserConfig {
  return {
    // The scripts of package.json run here, so the paths are relative to this folder.
    root: name,
    base: `/${name}/`,
    publicDir: false,
    plugins: [svelte({ configFile: '../svelte.config.js' })],
    build: {
      outDir: `../dist/${name}`,
      emptyOutDir: true,
      target: 'es2022',
      // The server's content security policy allows files of our own only, so nothing is inlined into the page.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
    },
  };
}
