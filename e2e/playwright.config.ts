// Browser tests, against the Riverkeeper at RIVERKEEPER_URL. One worker and no retries: the real fleet is one, and a
// test that passes at the second try has found something.
import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: '.',
  outputDir: 'test-results/runs',
  workers: 1,
  retries: 0,
  fullyParallel: false,
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
