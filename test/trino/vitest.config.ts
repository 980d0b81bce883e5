import { defineConfig } from 'vitest/config';

/** The lane of real Trino: its files end in `.trino.ts`, so that `npm test` leaves them alone. */
export default defineConfig({
  test: {
    include: ['test/trino/*.trino.ts'],
    globalSetup: ['test/trino/setup.ts'],
    // One small Trino answers one question at a time soonest.
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 300_000,
    teardownTimeout: 30_000,
  },
});
