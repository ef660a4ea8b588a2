import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [svelte()],
  test: { include: ['{shared,verify,sandbox,console,client,docs}/**/*.test.ts'], environment: 'node' },
});
