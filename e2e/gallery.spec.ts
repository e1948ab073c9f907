// Every page in every state, from samples: nothing of it needs a server's data, so all of it can be held to all rules.
import { readFileSync } from 'node:fs';

import type { Page } from '@playwright/test';

import { expect, expectAccessible, expectNoSidewaysScroll, test } from './fixtures/page';

const PAGES = ['fleet', 'cluster', 'broker', 'topics', 'topic', 'groups', 'group', 'status', 'sign-in', 'components'];
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
  fleet: [...STATES, 'unmetered', 'past'],
  cluster: [...STATES, 'ending', 'slow', 'unmetered', 'past'],
  broker: [...STATES, 'slow', 'unmetered', 'past'],
  groups: ['full', 'hidden', 'empty', 'stale', 'failed', 'restricted'],
  group: ['full', 'well', 'empty', 'stale', 'failed', 'missing', 'past'],
  status: [...STATES, 'past'],
  components: ['full'],
  'sign-in': ['full', 'loading', 'failed', 'silent'],
};
const WIDE = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
/** Both themes at both widths. Contrast hangs on the theme and size on the width: axe sees each of them once. */
const LOOKS = [
  { theme: 'light', size: WIDE, hasAxe: true },
  { theme: 'dark', size: WIDE, hasAxe: false },
  { theme: 'dark', size: PHONE, hasAxe: true },
  { theme: 'light', size: PHONE, hasAxe: false },
];

for (const name of PAGES) {
  for (const state of STATES_OF[name] ?? STATES) {
    test(`the page ${name} holds every rule while it is ${state}`, async ({ page }) => {
      await page.route('**/api/**', (route) => route.abort());
      const asked: string[] = [];
      page.on('request', (request) => {
        if (new URL(request.url()).pathname.includes('/api/')) asked.push(request.url());
      });
      await page.setViewportSize(WIDE);
      await page.goto(`gallery/${name}?state=${state}&theme=${LOOKS[0].theme}`);
      await expect(page.getByRole('heading', { level: 1 })).not.toBeEmpty();
      const busy = page.locator('main [aria-busy=true]');
      if (state === 'loading') {
        await expect(busy.first()).toBeVisible();
      } else {
        await expect(busy).toHaveCount(0);
      }
      await page.evaluate(() => document.fonts.ready);
      await scrollThrough(page);
      for (const { theme, size, hasAxe } of LOOKS) {
        await page.setViewportSize(size);
        await wear(page, theme);
        await expectNoSidewaysScroll(page);
        if (hasAxe) await expectAccessible(page);
        await page.screenshot({
          path: `test-results/gallery/${name}-${state}-${theme}-${size.width}.png`,
          fullPage: true,
        });
      }
      expect(asked, 'the gallery asks no server').toEqual([]);
    });
  }
}

/** Puts a theme into force as the switch of the page does; not every page has the switch. */
async function wear(page: Page, theme: string) {
  await page.evaluate((chosen) => document.documentElement.setAttribute('data-theme', chosen), theme);
}

/** What is far below the screen is made once it is seen. */
async function scrollThrough(page: Page) {
  await page.evaluate(async () => {
    for (let y = 0; y < document.body.scrollHeight; y += 600) {
      window.scrollTo(0, y);
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    window.scrollTo(0, 0);
  });
}

test('a cluster of hundreds of brokers is drawn in a few rows and a few lines', async ({ page }) => {
  await page.goto('gallery/cluster?state=slow&brokers=300');
  const table = page.getByRole('table', { name: 'Load of each broker' });
  await expect(table.locator('tbody tr')).toHaveCount(40);
  await expect(table.locator('tbody tr').first()).toContainText('Broker 3');
  await expect(page.getByRole('region', { name: 'Load', exact: true })).toContainText('40 of 300 brokers');
  await expect(page.getByRole('region', { name: 'Bytes in' })).toContainText('the 5 highest of 300 brokers now');
  await page.goto('gallery/cluster?state=slow&brokers=40');
  await expect(page.getByRole('region', { name: 'Bytes in' })).toContainText('the 5 highest of 40 lines are named');
});

test('the page of a broker shows all of its charts once they are reached', async ({ page }) => {
  await page.goto('gallery/broker?state=full');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Broker 3 of east serves, but is not as usual');
  await scrollThrough(page);
  for (const name of ['Bytes', 'Request times', 'Busy', 'Heap and disk', 'Requests', 'CPU']) {
    await expect(page.getByRole('region', { name, exact: true }).locator('.plot')).toHaveCount(1);
  }
});

test('every verdict of a group has a title and says what to do, but for those that are well or have none', async ({
  page,
}) => {
  const titles: Record<string, string> = {
    'fraud-scorer': 'fraud-scorer is stuck on partition 4 of orders since 14:51',
    billing: 'billing has been stopped since 13:58',
    'session-replay': 'session-replay has lost 5,120 records of partition 0 of session-events',
    'search-indexer': 'search-indexer is behind on partition 1 of inventory-changes since 14:56',
    'delivery-report': 'delivery-report went back on partition 0 of shipments at 14:56',
    'store-dashboard': 'How store-dashboard is cannot be told yet',
    ledger: 'ledger has read everything',
    'mail-sender': 'mail-sender is a share group, which has no verdict',
  };
  for (const [group, title] of Object.entries(titles)) {
    await page.goto(`gallery/group?group=${group}`);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(title);
    const isWell = ['ledger', 'mail-sender'].includes(group);
    await expect(page.getByRole('region', { name: 'What to do' })).toHaveCount(isWell ? 0 : 1);
  }
});

test('groups are narrowed by what stands in the address, and 20,000 of them are drawn a screen at a time', async ({
  page,
}) => {
  await page.goto('gallery/groups?rows=20000');
  const table = page.getByRole('table', { name: 'Consumer groups' });
  await expect(table).toHaveAttribute('aria-rowcount', '20001');
  expect(await table.locator('tbody tr').count()).toBeLessThan(60);
  await page.goto('gallery/groups?owner=checkout');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('1 of 3 groups of checkout needs a person: 1 has stopped');
  await page.getByRole('button', { name: 'Stopped' }).click();
  await expect(page).toHaveURL(/verdict=stopped/);
  await expect(table.locator('tbody tr')).toHaveCount(1);
  await page.getByRole('link', { name: 'Show all groups' }).click();
  await expect(table.locator('tbody tr')).toHaveCount(10);
});

test('the browser draws a chart byte for byte as the server does', async ({ page }) => {
  await page.goto('gallery/chart-bytes');
  const golden = readFileSync(new URL('../shared/src/chart/golden/replication.svg', import.meta.url), 'utf8');
  const drawn = page.locator('#chart-bytes');
  await expect(drawn).not.toBeEmpty();
  expect((await drawn.textContent())?.trim()).toBe(golden.trim());
});
