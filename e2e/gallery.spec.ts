// Every page in every state, from samples: nothing of it needs a server's data, so all of it can be held to all rules.
import { readFileSync } from 'node:fs';

import { expect, expectAccessible, expectNoSidewaysScroll, test } from './fixtures/page';

const PAGES = ['fleet', 'cluster', 'topics', 'topic', 'status', 'sign-in', 'components'];
const STATES = [
  'full',
  'well',
  'hidden',
  'empty',
  'loading',
  'stale',
  'failed',
  'unreachable',
  'silent',
  'missing',
  'restricted',
];
/** Pages with other states than these. */
const STATES_OF: Record<string, string[]> = {
  cluster: [...STATES, 'ending'],
  components: ['full'],
  'sign-in': ['full', 'loading', 'failed', 'silent'],
};
const THEMES = ['light', 'dark'];
const WIDTHS = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
];

for (const name of PAGES) {
  for (const state of STATES_OF[name] ?? STATES) {
    test(`the page ${name} holds every rule while it is ${state}`, async ({ page }) => {
      await page.route('**/api/**', (route) => route.abort());
      const asked: string[] = [];
      page.on('request', (request) => {
        if (new URL(request.url()).pathname.includes('/api/')) asked.push(request.url());
      });
      for (const theme of THEMES) {
        await page.setViewportSize(WIDTHS[0]);
        await page.goto(`gallery/${name}?state=${state}&theme=${theme}`);
        await expect(page.getByRole('heading', { level: 1 })).not.toBeEmpty();
        const busy = page.locator('main [aria-busy=true]');
        if (state === 'loading') {
          await expect(busy.first()).toBeVisible();
        } else {
          await expect(busy).toHaveCount(0);
        }
        await page.evaluate(() => document.fonts.ready);
        for (const size of WIDTHS) {
          await page.setViewportSize(size);
          await expectNoSidewaysScroll(page);
          // Contrast hangs on the theme and size on the width: both themes and both widths are seen once.
          if ((theme === 'light') === (size === WIDTHS[0])) await expectAccessible(page);
          await page.screenshot({
            path: `test-results/gallery/${name}-${state}-${theme}-${size.width}.png`,
            fullPage: true,
          });
        }
      }
      expect(asked, 'the gallery asks no server').toEqual([]);
    });
  }
}

test('the browser draws a chart byte for byte as the server does', async ({ page }) => {
  await page.goto('gallery/chart-bytes');
  const golden = readFileSync(new URL('../shared/src/chart/golden/replication.svg', import.meta.url), 'utf8');
  const drawn = page.locator('#chart-bytes');
  await expect(drawn).not.toBeEmpty();
  expect((await drawn.textContent())?.trim()).toBe(golden.trim());
});
