// Load on the real fleet: what the brokers carry, which of them is slow, whether one may be restarted, and since when.
import type { Page } from '@playwright/test';

import { MISSED, WELL, fault } from './fixtures/fleet';
import { expect, expectAccessible, expectNoSidewaysScroll, test } from './fixtures/page';

const title = (page: Page) => page.getByRole('heading', { level: 1 });
const region = (page: Page, name: string) => page.getByRole('region', { name, exact: true });

/** Rates need two readings of a counter, a minute's mean some more. */
const CARRIES = { timeout: 60_000 };

test('every broker of a cluster tells what it carries, and nothing is outlined while all is well', async ({ page }) => {
  test.setTimeout(400_000);
  await page.goto('clusters/east');
  await expect(title(page)).toHaveText('east is well', WELL);
  const table = page.getByRole('table', { name: 'Load of each broker' });
  for (const id of [1, 2, 3]) {
    const row = table.getByRole('row').filter({ has: page.getByRole('link', { name: `Broker ${id}`, exact: true }) });
    await expect(row).toContainText(/[kM]?B\/s/, CARRIES);
    await expect(row).toContainText(/\d %/);
  }
  await expect(table.locator('.is-abnormal')).toHaveCount(0, WELL);
  await expect(page.locator('.facts')).toContainText(/Written[≥\s]*(at least )?\d[\d.,]* [kM]?B\/s/);
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
});

test('what is written agrees with what the API says of the brokers', async ({ page, request }) => {
  const loads = async () => {
    const answer = await request.get('api/v1/clusters/east/broker-loads');
    return (await answer.json()).broker_loads as { values: Record<string, number> }[];
  };
  const sum = async () => (await loads()).reduce((all, { values }) => all + values.bytes_in, 0);
  // The mirrors' heartbeats are written all the time, to one of the brokers.
  await expect.poll(sum, CARRIES).toBeGreaterThan(0);
  // One answer may come before a turn, and the other after it.
  await expect
    .poll(async () => {
      const { bytes_in_per_second: written } = await (await request.get('api/v1/clusters/east')).json();
      return Math.abs(written - (await sum())) / written;
    }, CARRIES)
    .toBeLessThan(0.2);
  await page.goto('');
  const east = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: /^east/ }) });
  await expect(east).toContainText(/\d [kM]?B\/s/);
  await expect(east.locator('svg.spark')).toHaveCount(2);
});

test('the metric of a chart and its time stand in the address, and its twin says the same in numbers', async ({ page }) => {
  await page.goto('clusters/east');
  const chart = region(page, 'Bytes in');
  await expect(chart.locator('.plot')).toBeVisible(CARRIES);
  await page.getByRole('combobox', { name: 'Metric' }).selectOption('Produce p99');
  await expect(page).toHaveURL(/metric=produce_p99/);
  const slow = region(page, 'Produce p99');
  await expect(slow.locator('.plot')).toBeVisible();
  await page.getByRole('combobox', { name: 'Time range of charts and timelines' }).selectOption('Last 24 h');
  await expect(page).toHaveURL(/range=24h/);
  await slow.getByRole('button', { name: 'As table' }).click();
  await expect(page).toHaveURL(/over=table/);
  await expect(page.getByRole('table', { name: /^Produce p99/ }).getByRole('columnheader')).toContainText(['Time', 'broker 1']);
  await page.reload();
  await expect(page.getByRole('table', { name: /^Produce p99/ })).toBeVisible();
});

test('a chart tells its values by keys, and looks closer between two times until the way back', async ({ page }) => {
  await page.goto('clusters/east');
  const chart = region(page, 'Bytes in').locator('.chart');
  await expect(chart.locator('.plot')).toBeVisible(CARRIES);
  await chart.focus();
  // Of the step that has just begun nothing may be known yet.
  await expect(async () => {
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowLeft');
    await expect(chart.getByRole('status')).toContainText('broker 1', { timeout: 1_000 });
  }).toPass();
  await page.keyboard.press('Enter');
  for (let step = 0; step < 20; step += 1) await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/from=.*&to=/);
  const range = page.getByRole('combobox', { name: 'Time range of charts and timelines' });
  await expect(range).toHaveValue('');
  await range.selectOption('Last hour');
  await expect(page).not.toHaveURL(/from=/);
  await page.goBack();
  await expect(page).not.toHaveURL(/range=/);
});

test('a broker that dies is hatched, forbids restarts and is a band of the charts; its page stays', async ({ page, context, request }) => {
  test.setTimeout(480_000);
  await page.goto('clusters/east');
  await expect(title(page)).toHaveText('east is well', WELL);
  await expect(region(page, 'May it be restarted now?')).toContainText('each of them, one at a time');
  // Other tests may have killed brokers within the hour.
  const bands = region(page, 'Bytes in').locator('.fill-band-critical');
  const from = new Date(Date.now() - 3_600_000).toISOString();
  const left = await request.get(`api/v1/clusters/east/events?kind=broker_left&from=${from}`);
  const before = ((await left.json()).events as unknown[]).length;
  await expect(region(page, 'Bytes in').locator('.plot')).toBeVisible(CARRIES);
  await expect(bands).toHaveCount(before, CARRIES);
  const broker = await context.newPage();
  await broker.goto('clusters/east/brokers/2');
  await expect(title(broker)).toHaveText(/^Broker 2 of east /);
  try {
    await fault('kill', 'east', '2');
    await page.bringToFront();
    await expect(title(page)).toHaveText(/^east runs on 2 of 3 brokers/, MISSED);
    await expect(page.getByRole('table', { name: 'Load of each broker' }).locator('.hatch')).toContainText(/down since (\d+ \w+ )?\d\d:\d\d, last values .* old/);
    const restarts = region(page, 'May it be restarted now?');
    await expect(restarts).toContainText('none may', MISSED);
    await expect(restarts.getByText('unsafe', { exact: true })).toHaveCount(2);
    await restarts.locator('summary').first().click();
    await expect(restarts.locator('code').first()).toContainText(/-\d/);
    await expect(bands).toHaveCount(before + 1, MISSED);
    await broker.bringToFront();
    await expect(title(broker)).toHaveText(/^Broker 2 of east is (down|fenced) since (\d+ \w+ )?\d\d:\d\d$/, MISSED);
    await expect(region(broker, 'What changed')).toContainText('Broker 2 left');
  } finally {
    await fault('resume', 'east', '2');
  }
  await expect(title(broker)).toHaveText('Broker 2 of east is well', WELL);
});

test('a timeline is filtered in the address, and an event leads to the time around it', async ({ page }) => {
  await page.goto('clusters/east?range=6h');
  const changes = region(page, 'What changed');
  await changes.getByRole('combobox', { name: 'Kinds of events' }).selectOption('Topics created');
  await expect(page).toHaveURL(/kind=topic_created/);
  await expect(changes).not.toContainText('Broker 2 left');
  await changes.getByRole('combobox', { name: 'Kinds of events' }).selectOption('Everything');
  await changes.getByRole('combobox', { name: 'Severity of events' }).selectOption('Critical only');
  await expect(page).toHaveURL(/severity=critical/);
  const when = changes.locator('.when');
  await expect(when.first()).toBeVisible();
  await when.first().click();
  await expect(page).toHaveURL(/from=.*&to=/);
});

test('a name that a broker has leads to its page, from the search and from a table', async ({ page }) => {
  await page.goto('clusters/east');
  await page.getByRole('table', { name: 'Brokers' }).getByRole('link', { name: '3', exact: true }).click();
  await expect(page).toHaveURL(/\/clusters\/east\/brokers\/3$/);
  await expect(title(page)).toHaveText(/^Broker 3 of east /);
  await expect(region(page, 'Log directories')).toContainText('Online', MISSED);
  await page.goto('clusters/east/brokers/99');
  await expect(title(page)).toHaveText('There is no broker of this id');
});

test.afterEach(({ complaints }) => {
  // The browser itself reports every 404.
  const others = complaints.filter((complaint) => !complaint.includes('status of 404'));
  complaints.length = 0;
  complaints.push(...others);
});

test('the time range is within reach on a phone', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto('clusters/east');
  await page.getByRole('combobox', { name: 'Time range of charts and timelines' }).selectOption('Last 7 d');
  await expect(page).toHaveURL(/range=7d/);
  await expectNoSidewaysScroll(page);
});

test('status says where history is kept', async ({ page }) => {
  await page.goto('status');
  const database = region(page, 'Database');
  await expect(database).toContainText(/Kept|Nothing is kept/);
  await expectAccessible(page);
});
