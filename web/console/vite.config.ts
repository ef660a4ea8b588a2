import { defineConfig } from 'vite';
import { application } from '../vite.app';

export default defineConfig(application('console'));
