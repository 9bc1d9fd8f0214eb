import { mergeConfig } from 'vite';
import { defineConfig } from 'vitest/config';
import vite from './vite.config.ts';

// Journeys meet a server that journeys_test.go has started; alone they have none to go to.
export default mergeConfig(
  vite,
  defineConfig({
    test: {
      environment: 'node',
      include: ['e2e/**/*.journey.ts'],
      fileParallelism: false,
      testTimeout: 60_000,
      hookTimeout: 60_000,
    },
  }),
);
