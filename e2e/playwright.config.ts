// Browser tests, against the Riverkeeper at RIVERKEEPER_URL. Those of the fleet have one worker, for the real fleet is
// one; the gallery needs no fleet, and has one for each core. No retries: a test that passes at the second try has found
// something.
import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: '.',
  workers: 2,
  retries: 0,
  projects: [
    {
      name: 'gallery',
      testMatch: 'gallery.spec.ts',
      fullyParallel: true,
      // Its screenshots are kept anyway, and a trace takes a sixth of its time.
      use: { trace: 'off' },
      outputDir: 'test-results/runs-gallery',
    },
    {
      name: 'fleet',
      testIgnore: 'gallery.spec.ts',
      workers: 1,
      outputDir: 'test-results/runs-fleet',
    },
  ],
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 20_000 },
  reporter: [['list']],
  use: {
    baseURL: process.env.RIVERKEEPER_URL,
    // A debug build packs 10 MB of WASM anew for each test; how answers are packed is held in backend/tests/http.rs.
    extraHTTPHeaders: { 'accept-encoding': 'identity' },
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: process.env.RIVERKEEPER_CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
