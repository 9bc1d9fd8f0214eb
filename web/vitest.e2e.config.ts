import { mergeConfig } from 'vite';
import { defineConfig } from 'vitest/config';
import vite from './vite.config.ts';

// Journeys meet servers that Go has started (journeys_test.go, demo_test.go); alone they have none to go to. They share one browser, and
// go two at a time.
export default mergeConfig(
  vite,
  defineConfig({
    test: {
      environment: 'node',
      include: ['e2e/**/*.{journey,demo,bench,pictures}.ts'],
      globalSetup: ['e2e/browser.ts'],
      pool: 'threads',
      isolate: false,
      maxWorkers: 2,
      testTimeout: 120_000,
      hookTimeout: 60_000,
    },
  }),
);
