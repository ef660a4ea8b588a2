import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [svelte()],
  test: { include: ['shared/**/*.test.ts', 'verify/**/*.test.ts', 'sandbox/**/*.test.ts'], environment: 'node' },
});
