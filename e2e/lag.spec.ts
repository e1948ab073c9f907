// Consumer lag against the demo's applications, some of which are in trouble: who needs a person and why, on every page
// that tells of it; and those who are well are left in peace.
import type { Page } from '@playwright/test';

import { Watch, applications } from './fixtures/apps';
import { expect, expectAccessible, expectNoSidewaysScroll, test } from './fixtures/page';

const WELL = [
  'order-processing',
  'recommendations',
  'fraud-scorer',
  'ledger',
  'compliance-archive', // nothing is written any more
  'warehouse-loader', // commits rarely
  'global-sales',
  'click-warehouse',
  'store-dashboard',
];
/** Those in trouble, worst first. */
const ILL = ['session-replay', 'billing', 'refund-processing', 'search-indexer', 'delivery-report'];
const RANKS = ['Losing', 'Stopped', 'Stuck', 'Behind', 'Rewound', 'Unknown', 'Ok'];
const NEEDING = /need a person: 1 loses records, 1 has stopped, 1 is stuck, 1 is behind, 1 went back$/;

/** What takes minutes in production takes less than two here; a busy machine is given some more. */
const TOLD = { timeout: 300_000 };

let end: () => Promise<void>;
let watch: Watch;

test.beforeAll(() => {
  end = applications();
  watch = new Watch(WELL, {
    'ledger has read everything, though a marker is left': ({ group, lag_records, lag_raw }) =>
      group === 'ledger' && lag_records === 0 && (lag_raw ?? 0) > 0,
  });
});

test.afterAll(async () => {
  watch?.end();
  await end?.();
});

test.beforeEach(() => test.setTimeout(480_000));

const title = (page: Page) => page.getByRole('heading', { level: 1 });
const region = (page: Page, name: string) => page.getByRole('region', { name, exact: true });
const groups = (page: Page) => page.getByRole('table', { name: 'Consumer groups' });
const row = (page: Page, group: string) =>
  page.getByRole('row').filter({ has: page.getByRole('link', { name: group, exact: true }) });

test('within two minutes every group is judged as its application behaves, the worst first', async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 1400 });
  await page.goto('lag');
  await expect(title(page)).toHaveText(NEEDING, TOLD);
  for (const group of WELL) await expect(row(page, group)).toContainText('Ok', TOLD);
  await expect(row(page, 'session-replay')).toContainText(/Losing.*[\d,]+ lost/, TOLD);
  await expect(row(page, 'billing')).toContainText(/Stopped.*and it has no members/);
  await expect(row(page, 'refund-processing')).toContainText(/Stuck.*stays at offset \d+ while [\d,]+ records wait/);
  await expect(row(page, 'search-indexer')).toContainText(/Behind.*never at this rate/);
  await expect(row(page, 'delivery-report')).toContainText(/Rewound.*It went back by [\d,]+ records on shipments-\d/);
  await expect(groups(page).getByRole('rowheader').locator('a')).toContainText(ILL);
  const words = await groups(page).locator('tbody tr').allInnerTexts();
  const ranks = words.map((text) => RANKS.findIndex((word) => text.trim().startsWith(word)));
  expect(ranks.filter((rank) => rank >= 0)).toEqual(ranks.filter((rank) => rank >= 0).toSorted());
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
});

test('verdict, owner and name stand in the address, and all groups are one step away', async ({ page }) => {
  await page.goto('lag');
  const names = groups(page).getByRole('rowheader').locator('a');
  await page.getByRole('button', { name: 'Stopped' }).click(TOLD);
  await expect(page).toHaveURL(/\/lag\?verdict=stopped$/);
  await expect(names).toHaveText(['billing'], TOLD);
  await page.reload();
  await expect(page.getByRole('button', { name: 'Stopped' })).toHaveAttribute('aria-pressed', 'true');
  await page.getByRole('button', { name: 'Stopped' }).click();
  await expect(page).toHaveURL(/\/lag$/);

  await page.getByRole('searchbox', { name: "Part of the group's name" }).fill('fraud');
  await expect(page).toHaveURL(/\/lag\?q=fraud$/);
  await expect(names).toHaveText(['fraud-scorer']);
  await page.getByRole('link', { name: 'Show all groups' }).click();
  await expect(page).toHaveURL(/\/lag$/);

  await page.getByRole('combobox', { name: 'Owner' }).selectOption('Warehouse and delivery');
  await expect(page).toHaveURL(/\/lag\?owner=logistics$/);
  await expect(names).toHaveText(['delivery-report', 'warehouse-loader'], TOLD);
});

test('the groups of one owner are a page of their own', async ({ page }) => {
  await page.goto('lag?owner=checkout');
  await expect(title(page)).toHaveText('2 of 6 groups of checkout need a person: 1 has stopped, 1 is stuck', TOLD);
  await expect(groups(page).locator('tbody tr')).toHaveCount(6);
  await page.goto('lag');
  await row(page, 'store-dashboard').getByRole('link', { name: 'stores' }).click();
  await expect(title(page)).toHaveText('The one group of stores is well', TOLD);
});

test('the page of a stuck group names the record and shows the command that reads it', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-write']);
  await page.goto('lag/east/refund-processing');
  await expect(title(page)).toHaveText(/^refund-processing is stuck on partitions? 0.* of refunds since (\d+ \w+ )?\d\d:\d\d$/, TOLD);
  await expect(page.locator('.lede')).toContainText(/^refunds-\d stays at offset \d+ while [\d,]+ records wait, and it has members\./);
  // Its member reads neither partition any more, and from outside nobody sees which of them it cannot go on with.
  const advice = region(page, 'What to do');
  await expect(advice).toContainText(/One record likely cannot be handled\. Look at .*offset 40 of refunds-0.* and at the log of refund-worker\./, TOLD);
  await expect(advice).toContainText('--topic refunds --partition 0 --offset 40 --max-messages 1');
  await expect(advice).toContainText('no progress for 1 min with records waiting and members present');

  const lag = region(page, 'Lag');
  await expect(lag.locator('.chart svg')).toBeVisible();
  await lag.getByRole('button', { name: 'As table' }).click();
  await expect(page).toHaveURL(/\?chart=table$/);
  await expect(lag.getByRole('table', { name: 'Lag, records' }).getByRole('cell', { name: /^\d/ }).first()).toBeVisible();
  await lag.getByRole('button', { name: 'As chart' }).click();
  await expect(lag.locator('.chart svg')).toBeVisible();

  await expect(page.getByRole('img', { name: /^2 partitions by their number: [12] stuck/ })).toBeVisible();
  const partitions = page.getByRole('table', { name: 'Partitions' });
  await expect(partitions.getByRole('row').filter({ hasText: /^Stuck0/ })).toContainText('refund-worker');
  await expect(page.getByRole('table', { name: 'Members' })).toContainText('refund-worker');
  await expect(region(page, 'What happened')).toContainText(/refund-processing is stuck on refunds-\d/);

  // What was copied cannot be read here: the page allows itself only to write to the clipboard.
  const copy = page.getByRole('button', { name: 'Copy as command' });
  await expect(copy).toHaveAttribute(
    'title',
    /^kafka-consumer-groups\.sh --bootstrap-server 127\.0\.0\.1:\d+ --describe --group refund-processing$/,
  );
  await copy.click();
  await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible();
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
});

test('what is lost, what is read again, what never catches up and who has stopped is said in a sentence', async ({ page }) => {
  const said: [string, RegExp, RegExp][] = [
    ['session-replay', /^session-replay has lost [\d,]+ records of partitions? .*of session-events$/, /[\d,]+ records are gone for this group/],
    ['delivery-report', /^delivery-report went back on .* of shipments at (\d+ \w+ )?\d\d:\d\d$/, /It reads [\d,]+ records again/],
    ['search-indexer', /^search-indexer is behind on .* of inventory-changes since (\d+ \w+ )?\d\d:\d\d$/, /1 member for 3 partitions: at most 2 more/],
    ['billing', /^billing has been stopped since (\d+ \w+ )?\d\d:\d\d$/, /it has no members, and records wait/],
  ];
  for (const [group, sentence, todo] of said) {
    await page.goto(`lag/east/${group}`);
    await expect(title(page)).toHaveText(sentence, TOLD);
    await expect(region(page, 'What to do')).toContainText(todo);
  }
  await page.goto('lag/east/ledger');
  await expect(title(page)).toHaveText(/^ledger (is well|has read everything)$/, TOLD);
  await expect(region(page, 'What to do')).toHaveCount(0);
});

test('the fleet, the cluster, the topic and the menu say who needs a person', async ({ page }) => {
  await page.goto('');
  await expect(page.getByRole('navigation', { name: 'Menu' })).toContainText('5 groups need a person', TOLD);
  const worst = page.getByRole('table', { name: 'The worst consumer groups' });
  await expect(worst.getByRole('rowheader').locator('a')).toHaveText(ILL);
  await expect(region(page, 'Consumer groups').getByRole('link', { name: /Stuck/ })).toHaveAttribute('href', /lag\?verdict=stuck/);

  await page.goto('clusters/east');
  await expect(worst.getByRole('rowheader').locator('a')).toHaveText(ILL, TOLD);
  await page.goto('clusters/west');
  await expect(region(page, 'Consumer groups')).toContainText('Ok');
  await expect(worst).toHaveCount(0);

  await page.goto('clusters/east/topics/refunds');
  const readers = page.getByRole('table', { name: 'Groups that read this topic' });
  await expect(readers.locator('tbody tr')).toHaveCount(1);
  await expect(readers.locator('tbody tr')).toContainText(/Stuck.*refund-processing.*checkout/, TOLD);
  await readers.getByRole('link', { name: 'refund-processing' }).click();
  await expect(page).toHaveURL(/\/lag\/east\/refund-processing$/);
});

test('a group is found by a part of its name', async ({ page }) => {
  await page.goto('status');
  await expect(title(page)).not.toBeEmpty();
  await page.keyboard.press('Control+k');
  await page.keyboard.type('refund-pro');
  const found = page.getByRole('listbox', { name: 'Found' }).getByRole('option');
  await expect(found.first()).toContainText('consumer group of east · checkout', TOLD);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/lag\/east\/refund-processing$/);
});

test('who is well is never called anything else, and a marker at the end of a transaction is not lag', async () => {
  await expect.poll(() => watch.wellForSeconds(), TOLD).toBeGreaterThanOrEqual(60);
  const alarms = WELL.flatMap((group) => watch.told.get(group) ?? []).filter((told) => !/^(ok|unknown)\b/.test(told));
  expect(alarms).toEqual([]);
  await expect.poll(() => [...watch.seen], TOLD).toContain('ledger has read everything, though a marker is left');
});
