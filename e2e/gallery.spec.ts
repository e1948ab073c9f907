// Every page in every state, from samples: nothing of it needs a server's data, so all of it can be held to all rules.
import { readFileSync } from 'node:fs';

import type { Page } from '@playwright/test';

import { expect, expectAccessible, expectNoSidewaysScroll, test } from './fixtures/page';

const PAGES = [
  'fleet',
  'cluster',
  'broker',
  'topics',
  'topic',
  'groups',
  'group',
  'topology',
  'flow',
  'status',
  'sign-in',
  'components',
];
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
  topology: ['full', 'well', 'empty', 'loading', 'stale', 'failed', 'unreachable', 'restricted'],
  flow: ['full', 'well', 'hidden', 'empty', 'stale', 'failed', 'missing', 'past'],
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

/** Fleets of the gallery, with the answer that the topology of each begins with. */
const FLEETS: Record<string, string> = {
  paused: 'The mirror from west to aggregate has been paused for 6 min',
  losing: '2 of 2 mirrors need a person: west → aggregate has lost 2,310 records',
  alias: '2 mirrors keep up, of 1 it cannot be told',
  cycle: 'The mirror from west to east is behind: the oldest record waits for 2 min',
  none: 'No mirror is known in this fleet',
  silent: '1 mirror keeps up, of 1 it cannot be told',
  '100': '3 of 96 mirrors need a person: frankfurt-tracking-02 → frankfurt-aggregate has lost 2,310 records',
};

for (const [fleet, title] of Object.entries(FLEETS)) {
  test(`the topology of the fleet “${fleet}” begins with the answer and holds every rule`, async ({ page }) => {
    for (const view of ['graph', 'table']) {
      await page.setViewportSize(WIDE);
      await page.goto(`gallery/topology?fleet=${fleet}&view=${view}&theme=light`);
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(title);
      await expectNoSidewaysScroll(page);
      if (view === 'graph') await expectAccessible(page);
      await page.setViewportSize(PHONE);
      await wear(page, 'dark');
      await expectNoSidewaysScroll(page);
      if (view === 'table') await expectAccessible(page);
    }
  });
}

test('tiers and flows are walked through with the keyboard, box by box and label by label', async ({ page }) => {
  await page.goto('gallery/topology');
  const graph = page.getByRole('group', { name: 'Tiers and flows', exact: true });
  await expect(graph.getByRole('link').first()).toBeVisible();
  const stops = await graph.getByRole('link').evaluateAll((links) => links.map((link) => link.getAttribute('aria-label')?.split(/[:,]/)[0]));
  expect(stops.slice(0, 5)).toEqual(['east', 'west', 'east to aggregate', 'west to aggregate', 'aggregate']);
  expect(stops.slice(5).toSorted()).toEqual(['9 more', 'analytics', 'risk · stuck', 'search']);
  const west = graph.getByRole('link', { name: /^west to aggregate, MirrorMaker 2: stopped for 6 min, 184,020 records wait/ });
  await graph.getByRole('link', { name: /^east to aggregate/ }).focus();
  await page.keyboard.press('Tab');
  await expect(west).toBeFocused();
  await expect(west).toHaveCSS('outline-style', 'solid');
  await expect(west).toHaveAttribute('href', /topology\/flows\/west~aggregate~mirror-maker2/);
});

test('the picture is made larger and smaller by buttons and by keys', async ({ page }) => {
  await page.goto('gallery/topology?fleet=100&collapse=false');
  const graph = page.getByRole('group', { name: 'Tiers and flows', exact: true });
  const width = async () => Number(await graph.getAttribute('width'));
  await expect(graph.getByRole('link').first()).toBeVisible();
  const natural = await width();
  const size = page.getByRole('group', { name: 'Size of the picture' });
  await size.getByRole('button', { name: 'Larger' }).click();
  await expect.poll(width).toBeGreaterThan(natural);
  await page.getByRole('group', { name: /^Tiers and flows, drawn/ }).focus();
  await page.keyboard.press('-');
  await page.keyboard.press('-');
  await expect.poll(width).toBeLessThan(natural);
  await page.setViewportSize({ width: 1200, height: 900 });
  await size.getByRole('button', { name: 'Fit' }).click();
  await expect.poll(width).toBeLessThanOrEqual(1000);
});

test('a hundred clusters are a few boxes until each of them is asked for', async ({ page }) => {
  await page.goto('gallery/topology?fleet=100');
  const graph = page.getByRole('group', { name: 'Tiers and flows', exact: true });
  const boxes = graph.locator('.node');
  expect(await boxes.count()).toBeLessThan(24);
  await expect(graph.getByRole('link', { name: '23 clusters: ashburn. Draw each of them' })).toBeVisible();
  await page.getByRole('checkbox', { name: 'Clusters that are well as one' }).uncheck();
  await expect(page).toHaveURL(/collapse=false/);
  await expect(boxes).toHaveCount(108);
  await page.getByRole('combobox', { name: 'Data centre' }).selectOption('dallas');
  await expect(page).toHaveURL(/datacenter=dallas/);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('All 24 mirrors keep up');
  await page.getByRole('link', { name: 'Show all flows' }).click();
  await expect(page).not.toHaveURL(/datacenter/);
});

test('on a phone the tables come first, and the picture is one step away', async ({ page }) => {
  await page.setViewportSize(PHONE);
  await page.goto('gallery/topology');
  await expect(page.getByRole('table', { name: 'Clusters by tier' })).toBeVisible();
  await page.getByRole('button', { name: 'As graph' }).click();
  await expect(page).toHaveURL(/view=graph/);
  await expect(page.getByRole('group', { name: 'Tiers and flows', exact: true })).toBeVisible();
  await expectNoSidewaysScroll(page);
});

test('every flow that is not well says what to do about it', async ({ page }) => {
  const said: [string, RegExp][] = [
    ['', /runs and does not copy: look at its log/],
    ['fleet=paused&', /resume it: it goes on where it stood/],
    ['fleet=losing&', /2,310 records of session-events were gone from west/],
    ['fleet=silent&', /Nothing is known of the mirror until that cluster answers again/],
  ];
  for (const [fleet, advice] of said) {
    await page.goto(`gallery/flow?${fleet}flow=west~aggregate~mirror-maker2`);
    await expect(page.getByRole('region', { name: 'What to do' })).toContainText(advice);
  }
  await page.goto('gallery/flow?state=well');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('west → aggregate keeps up');
  await expect(page.getByRole('region', { name: 'What to do' })).toHaveCount(0);
});

test('the browser draws a chart byte for byte as the server does', async ({ page }) => {
  await page.goto('gallery/chart-bytes');
  const golden = readFileSync(new URL('../shared/src/chart/golden/replication.svg', import.meta.url), 'utf8');
  const drawn = page.locator('#chart-bytes');
  await expect(drawn).not.toBeEmpty();
  expect((await drawn.textContent())?.trim()).toBe(golden.trim());
});
