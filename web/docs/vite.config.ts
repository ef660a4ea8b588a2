import { defineConfig } from 'vite';
import { application } from '../vite.app';

const docs = application('docs');
// One library, on a page of its own that no player loads.
export default defineConfig({ ...docs, build: { ...docs.build, chunkSizeWarningLimit: 2_000 } });
