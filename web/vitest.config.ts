import { mergeConfig } from 'vite';
import { defineConfig } from 'vitest/config';
import vite from './vite.config.ts';

export default mergeConfig(
  vite,
  defineConfig({
    test: {
      environment: 'jsdom',
      include: ['src/**/*.test.{ts,tsx}'],
      setupFiles: ['src/tests/setup.ts'],
      css: false,
      pool: 'threads',
      testTimeout: 30_000,
      maxWorkers: 2,
    },
  }),
);
