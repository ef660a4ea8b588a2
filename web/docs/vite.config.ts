import { defineConfig } from 'vite';
import { application } from '../vite.app';
import { documents } from './documents';

const docs = application('docs');
const input = ['index.html', 'interface/index.html', 'reference/index.html'].map((page) => `docs/${page}`);
export default defineConfig({
  ...docs,
  plugins: [...(docs.plugins ?? []), documents()],
  build: { ...docs.build, rollupOptions: { input } },
});
