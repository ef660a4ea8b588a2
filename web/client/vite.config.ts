import { defineConfig } from 'vite';

// One file for the operator's own site; tsc writes the types beside it.
export default defineConfig({
  root: 'client',
  publicDir: false,
  build: {
    outDir: '../dist/client',
    emptyOutDir: true,
    target: 'es2022',
    minify: false,
    lib: { entry: 'index.ts', formats: ['es'], fileName: 'index' },
  },
});
