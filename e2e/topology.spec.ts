// Tiers and mirrors of the real fleet: east and west are mirrored to aggregate. What flows is drawn, what stops is said in
// words, and every way to a flow works by keyboard, as a table and on a phone.
import type { Page } from '@playwright/test';

import { applications } from './fixtures/apps';
import { fault } from './fixtures/fleet';
import { expect, expectAccessible, expectNoSidewaysScroll, test } from './fixtures/page';

/** What is mirrored is seen within a heartbeat, what stands still within two minutes; a busy machine is given more. */
const TOLD = { timeout: 150_000 };

let end: () => Promise<void>;

test.beforeAll(() => {
  end = applications();
});

test.afterAll(async () => {
  await end?.();
});

test.beforeEach(() => test.setTimeout(240_000));

const title = (page: Page) => page.getByRole('heading', { level: 1 });
const region = (page: Page, name: string) => page.getByRole('region', { name, exact: true });
const graph = (page: Page) => page.getByRole('group', { name: 'Tiers and flows', exact: true });
const row = (page: Page, flow: string) =>
  page.getByRole('table', { name: 'Flows', exact: true }).getByRole('row').filter({ hasText: flow });

test('the fleet is drawn as tiers, with every cluster and every mirror', async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 1200 });
  await page.goto('topology');
  await expect(title(page)).toHaveText(/^All 2 mirrors keep up$/, TOLD);
  for (const cluster of ['east', 'west', 'aggregate']) {
    await expect(graph(page).getByRole('link', { name: new RegExp(`^${cluster}:`) })).toBeVisible();
  }
  for (const source of ['east', 'west']) {
    const label = graph(page).getByRole('link', { name: new RegExp(`^${source} to aggregate, MirrorMaker 2: flows`) });
    await expect(label).toHaveAttribute('href', new RegExp(`topology/flows/${source}~aggregate~`), TOLD);
    await expect(row(page, `${source} → aggregate`)).toContainText(/Flows.*MirrorMaker 2.*heartbeats/, TOLD);
  }
  // Those who write are one box a cluster, for Kafka does not tell who they are.
  await expect(graph(page).getByText('producers').first()).toBeVisible();
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
});

test('a flow is reached with the keyboard alone', async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 1200 });
  await page.goto('topology');
  const west = graph(page).getByRole('link', { name: /^west to aggregate/ });
  await expect(west).toBeVisible(TOLD);
  await graph(page).getByRole('link').first().focus();
  const flow = /\/topology\/flows\/west~aggregate~mirror-maker2$/;
  await expect(async () => {
    if (flow.test(page.url())) return;
    await page.keyboard.press('Tab');
    await expect(west).toBeFocused({ timeout: 100 });
    // Boxes that come while the applications begin draw the picture anew.
    await expect(west).toHaveCSS('outline-style', 'solid', { timeout: 1_000 });
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(flow, { timeout: 5_000 });
  }).toPass();
  await expect(title(page)).toHaveText(/^west\s→ aggregate /, TOLD);
});

test('the tables say what the picture shows', async ({ page }) => {
  await page.goto('topology');
  await page.getByRole('button', { name: 'As table' }).click(TOLD);
  await expect(page).toHaveURL(/\/topology\?view=table$/);
  const clusters = page.getByRole('table', { name: 'Clusters by tier' });
  await expect(clusters.getByRole('rowheader')).toContainText(['east', 'west', 'aggregate'], TOLD);
  const flows = page.getByRole('table', { name: 'Flows between clusters' });
  await expect(flows.getByRole('rowheader')).toHaveCount(2);
  await expectAccessible(page);
  await page.getByRole('checkbox', { name: 'Applications' }).uncheck();
  await expect(page).toHaveURL(/applications=false/);
  await expect(page.getByRole('table', { name: 'Who writes and who reads' })).toHaveCount(0, TOLD);
});

test('on a phone the tables come first', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto('topology');
  await expect(page.getByRole('table', { name: 'Clusters by tier' })).toBeVisible(TOLD);
  await expect(graph(page)).toHaveCount(0);
  await expectNoSidewaysScroll(page);
  await page.getByRole('button', { name: 'As graph' }).click();
  await expect(graph(page)).toBeVisible();
  await expectNoSidewaysScroll(page);
  await expectAccessible(page);
});

test('the page of a flow tells its evidence, its settings and how far each topic is', async ({ page }) => {
  // Nothing of west has transactions, of which a mirror copies what was aborted.
  await page.goto('topology/flows/west~aggregate~mirror-maker2');
  await expect(title(page)).toHaveText('west → aggregate keeps up', TOLD);
  const evidence = page.getByRole('table', { name: 'What the flow is known from' });
  await expect(evidence.getByRole('row').filter({ hasText: 'Heartbeats' })).toContainText(/aggregate.*ago/, TOLD);
  const topics = page.getByRole('table', { name: 'Topics of the flow' });
  await expect(topics.getByRole('row').filter({ hasText: 'orders' }).first()).toContainText(/Flows/, TOLD);
  await expect(page.getByRole('table', { name: 'Settings of the flow' })).toContainText('Named at the target');
  await expect(region(page, 'What to do')).toHaveCount(0);
  const lag = region(page, 'Lag');
  await expect(lag.locator('.chart svg')).toBeVisible(TOLD);
  await lag.getByRole('button', { name: 'As table' }).click();
  await expect(lag.getByRole('table', { name: 'Lag, records' })).toBeVisible();
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
});

test('a topic shows its way through the tiers, and a cluster its mirrors', async ({ page }) => {
  await page.goto('clusters/east/topics/orders');
  const way = page.getByRole('table', { name: 'The way of this topic through the tiers' });
  await expect(way.getByRole('row').filter({ hasText: 'aggregate' })).toContainText(/east\.orders.*mirror from east/, TOLD);
  await way.getByRole('link', { name: 'mirror from east' }).click();
  await expect(page).toHaveURL(/\/topology\/flows\/east~aggregate~mirror-maker2$/);
  await page.goto('clusters/aggregate');
  await expect(page.getByRole('table', { name: 'Mirrors' }).getByRole('rowheader')).toHaveCount(2, TOLD);
  await page.goto('clusters/aggregate/topics/heartbeats');
  await expect(region(page, 'Its way through the tiers')).toBeVisible(TOLD);
});

test('a mirror that is paused is said to be stopped within two minutes, what to do stands beside it, and it heals', async ({
  page,
}) => {
  test.setTimeout(420_000);
  await page.setViewportSize({ width: 1440, height: 1200 });
  await page.goto('topology');
  await expect(row(page, 'west → aggregate')).toContainText('Flows', TOLD);
  try {
    await fault('mirror-pause', 'west');
    await expect(title(page)).toHaveText(/^The mirror from west to aggregate has (stood still|been paused)/, TOLD);
    const label = graph(page).getByRole('link', { name: /^west to aggregate/ });
    await expect(label).toContainText(/stopped.*waiting/, TOLD);
    await expect(row(page, 'west → aggregate')).toContainText('Stopped');
    await expect(row(page, 'east → aggregate')).toContainText('Flows');
    await expect(page.getByRole('navigation', { name: 'Menu' })).toContainText('1 mirror needs a person', TOLD);
    await label.click();
    await expect(title(page)).toHaveText(/^west\s→ aggregate has (stood still|been paused)/, TOLD);
    await expect(region(page, 'What to do')).toContainText('resume it: it goes on where it stood', TOLD);
    await expect(region(page, 'What to do')).toContainText('--topic mm2-configs.west.internal');
    await expectAccessible(page);
    await page.goto('');
    await expect(page.getByRole('table', { name: 'Mirrors' })).toContainText('west → aggregate', TOLD);
  } finally {
    await fault('mirror-resume', 'west');
  }
  await page.goto('topology');
  await expect(title(page)).toHaveText('All 2 mirrors keep up', TOLD);
  await expect(region(page, 'What happened')).toContainText('west', TOLD);
});
