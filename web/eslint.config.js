// What the types do not see. Formatting is prettier's.
import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

export default ts.config(
  { ignores: ['dist/', '**/node_modules/', '**/.venv/'] },
  js.configs.recommended,
  ts.configs.strict,
  svelte.configs.recommended,
  svelte.configs.prettier,
  {
    languageOptions: { globals: { ...globals.browser, ...globals.node } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: 'error',
      // What must be named and is not wanted begins so.
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'no-console': 'error',
      // The compiler knows every name.
      'no-undef': 'off',
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'], svelteConfig } },
  },
  {
    // A promise that nobody waits for says so: `void`.
    files: ['client/**/*.ts', 'console/**/*.{ts,svelte}', 'sandbox/**/*.{ts,svelte}', 'shared/**/*.{ts,svelte}', 'verify/**/*.{ts,svelte}'],
    languageOptions: { parserOptions: { projectService: true } },
    plugins: { '@typescript-eslint': ts.plugin },
    rules: { '@typescript-eslint/no-floating-promises': 'error' },
  },
  {
    // They tell whoever runs them.
    files: ['e2e/**'],
    rules: { 'no-console': 'off' },
  },
);
