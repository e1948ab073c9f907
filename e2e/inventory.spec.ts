// Inventory, on the real fleet: one path from a broker that dies to the screen that says it is back; and the ways
// through the pages.
import { MISSED, WELL, clusters, fault } from './fixtures/fleet';
import { expect, expectNoSidewaysScroll, test } from './fixtures/page';

test('a broker that dies is named on every page without a reload, and its return too', async ({ page, context }) => {
  test.setTimeout(480_000);
  const fleet = page;
  await fleet.goto('');
  for (const name of ['east', 'west', 'aggregate']) {
    await expect(fleet.getByRole('link', { name, exact: true })).toBeVisible();
  }
  await expect(fleet.getByRole('heading', { level: 1 })).toHaveText(/^All \d clusters are well$/, WELL);
  const cluster = await context.newPage();
  await cluster.goto('clusters/east');
  await expect(cluster.getByRole('heading', { level: 1 })).toHaveText('east is well', WELL);
  const topic = await context.newPage();
  await topic.goto('clusters/east/topics/orders');
  await expect(topic.getByRole('heading', { level: 1 })).toHaveText('orders is whole');
  // A page that is loaded again forgets this.
  const pages = [fleet, cluster, topic];
  for (const each of pages) await each.evaluate(() => Object.assign(window, { neverReloaded: true }));

  try {
    await fault('kill', 'east', '2');

    // A hidden tab sleeps: each page is brought to the front and must then know by itself.
    await fleet.bringToFront();
    await expect(fleet.getByRole('heading', { level: 1 })).toHaveText(/need.* you: east has lost a broker/, MISSED);
    await expect(fleet.locator('.lede')).toHaveText(
      /Broker 2 of east has been down for .+: \d+ partitions miss a replica, none is offline, all can still be written\./,
    );
    const row = fleet.getByRole('table', { name: 'Clusters' }).getByRole('row').nth(1);
    await expect(row).toContainText('Critical');
    await expect(row).toContainText('east');
    await expect(row).toContainText('2 of 3');

    await cluster.bringToFront();
    await expect(cluster.getByRole('heading', { level: 1 })).toHaveText(/^east runs on 2 of 3 brokers since (\d+ \w+ )?\d\d:\d\d$/, MISSED);
    await expect(cluster.locator('.lede')).toContainText('One more failure would stop writes to');
    const brokers = cluster.getByRole('table', { name: 'Brokers' });
    await expect(brokers.getByRole('row').nth(1)).toContainText(/(Down|Fenced)for .*2 rack b/);
    const changes = cluster.getByRole('region', { name: 'What changed' });
    await expect(changes).toContainText('Broker 2 left');

    await topic.bringToFront();
    await expect(topic.getByRole('heading', { level: 1 })).toHaveText(
      /^orders: 6 of 6 partitions (at min ISR|without all replicas) since (\d+ \w+ )?\d\d:\d\d$/,
      MISSED,
    );
    const placement = topic.getByRole('table', { name: 'What each broker holds of each partition' });
    const second = placement.getByRole('row').filter({ has: topic.getByRole('rowheader', { name: /^2 rack b/ }) });
    await expect(second.getByRole('rowheader')).toHaveText(/^2 rack b (down|fenced)$/);
    await expect(second.getByRole('cell')).toHaveText(Array(6).fill(/offline|out of sync/));
  } finally {
    await fault('resume', 'east', '2');
  }

  await topic.bringToFront();
  await expect(topic.getByRole('heading', { level: 1 })).toHaveText('orders is whole', MISSED);
  await cluster.bringToFront();
  await expect(cluster.getByRole('heading', { level: 1 })).toHaveText('east is well', WELL);
  const changes = cluster.getByRole('region', { name: 'What changed' });
  await expect(changes).toContainText(/Broker 2 came back\s*was down for/);
  await fleet.bringToFront();
  await expect(fleet.getByRole('heading', { level: 1 })).toHaveText(/^All \d clusters are well$/, WELL);
  for (const each of pages) {
    expect(await each.evaluate(() => 'neverReloaded' in window), 'the page was not reloaded').toBe(true);
  }
});

test('a name is found by the keyboard from any page', async ({ page }) => {
  await page.goto('status');
  await expect(page.getByRole('heading', { level: 1 })).not.toBeEmpty();
  await page.keyboard.press('Control+k');
  const box = page.getByRole('combobox', { name: /^Search/ });
  await expect(box).toBeFocused();
  await page.keyboard.type('payments');
  const found = page.getByRole('listbox', { name: 'Found' }).getByRole('option');
  await expect(found.first()).toContainText('payments');
  await expect(found.first()).toHaveAttribute('aria-selected', 'true');
  await expect(found.first()).toContainText('topic of east');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/clusters\/east\/topics\/payments$/);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('payments is whole');
  await expect(page.getByRole('dialog')).toHaveCount(0);
});

test('the order of topics stands in the address', async ({ page }) => {
  await page.goto('clusters/east/topics');
  const table = page.getByRole('table', { name: 'Topics' });
  const heading = table.getByRole('columnheader', { name: 'Partitions' });
  await heading.getByRole('link').click();
  await expect(page).toHaveURL(/\?sort=-partition_count$/);
  await expect(heading).toHaveAttribute('aria-sort', 'descending');
  const counts = async () => (await table.locator('tbody tr td:nth-child(4)').allTextContents()).map(Number);
  await expect.poll(async () => (await counts()).length).toBeGreaterThan(5);
  await expect.poll(async () => isSorted((await counts()).reverse())).toBe(true);
  await heading.getByRole('link').click();
  await expect(page).toHaveURL(/\?sort=partition_count$/);
  await expect.poll(async () => isSorted(await counts())).toBe(true);
  await page.reload();
  await expect(heading).toHaveAttribute('aria-sort', 'ascending');
  await page.goBack();
  await expect(heading).toHaveAttribute('aria-sort', 'descending');
});

function isSorted(numbers: number[]): boolean {
  return numbers.every((number, at) => at === 0 || numbers[at - 1] <= number);
}

test('the topics of a cluster are all drawn, and found by a part of their name', async ({ page }) => {
  await page.setViewportSize({ width: 1280, height: 1000 });
  await page.goto('clusters/east/topics');
  const table = page.getByRole('table', { name: 'Topics' });
  const title = page.getByRole('heading', { level: 1 });
  await expect(title).toHaveText(/^\d+ topics on east$/);
  await expect(table.getByRole('rowheader')).toHaveCount(Number.parseInt((await title.textContent()) ?? '', 10));
  await page.getByRole('searchbox', { name: 'Part of the name' }).fill('order');
  await expect(page).toHaveURL(/\?q=order$/);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('1 topic on east with “order” in the name');
  await expect(table.getByRole('rowheader')).toHaveText(['orders']);
  await page.getByRole('searchbox', { name: 'Part of the name' }).fill('nothing-is-called-so');
  await expect(page.getByText('No topic fits')).toBeVisible();
});

test('every page of inventory can be reached by the keyboard alone', async ({ page }) => {
  await page.goto('');
  await expect(page.getByRole('rowheader', { name: /^east/ })).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'Skip to the page' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('main')).toBeFocused();
  await tabTo(page, 'east');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/clusters\/east$/);
  await expect(page.getByRole('main')).toBeFocused();
  await expect(page.getByRole('table', { name: 'Topics' })).toBeVisible();
  await tabTo(page, 'All topics');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/clusters\/east\/topics$/);
  await expect(page.getByRole('rowheader', { name: 'orders' })).toBeVisible();
  await tabTo(page, 'orders');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/clusters\/east\/topics\/orders$/);
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
});

/** Presses Tab until the link of that name has the focus, as somebody without a mouse does. */
async function tabTo(page: import('@playwright/test').Page, name: string) {
  const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim());
  const passed = [];
  for (let presses = 0; presses < 150; presses += 1) {
    await page.keyboard.press('Tab');
    const now = await focused();
    if (now === name) return;
    passed.push(now);
  }
  throw new Error(`Tab does not reach ${name}, only ${passed.join(' | ')}`);
}

test('a topic page says where every partition lives', async ({ page }) => {
  await page.goto('clusters/east/topics/orders');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('orders is whole');
  const placement = page.getByRole('table', { name: 'What each broker holds of each partition' });
  await expect(placement).toMatchAriaSnapshot(`
    - table "What each broker holds of each partition":
      - caption: What each broker holds of each partition
      - rowgroup:
        - row "Broker 0 1 2 3 4 5"
      - rowgroup:
        - row /^1 rack a (leader|in sync)/
        - row /^2 rack b (leader|in sync)/
        - row /^3 rack c (leader|in sync)/
  `);
  await expectNoSidewaysScroll(page);
  await expect(page.getByRole('region', { name: 'Settings' })).toContainText('retention.ms');
});

test('a name that does not exist says so and leads back', async ({ page, complaints }) => {
  for (const [address, title] of [
    ['clusters/nowhere', 'There is no cluster of this name'],
    ['clusters/east/topics/nothing', 'There is no topic of this name'],
    ['nothing/at/all', 'There is no page at this address'],
  ]) {
    await page.goto(address);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(title);
    await expect(page.getByRole('link', { name: 'Back to the fleet' })).toBeVisible();
  }
  // The browser itself reports every 404.
  expect(complaints.filter((complaint) => !complaint.includes('status of 404'))).toEqual([]);
  complaints.length = 0;
});

test('the fleet reads like this', async ({ page }) => {
  test.setTimeout(200_000);
  await page.goto('');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/^All \d clusters are well$/, WELL);
  await expect.poll(async () => (await clusters(page)).every(({ health }) => health.severity === 'ok'), WELL).toBe(true);
  await expect(page.getByRole('main')).toMatchAriaSnapshot(`
    - heading /^All \\d clusters are well$/ [level=1]
    - paragraph: /\\d+ brokers, \\d+ topics, \\d+ partitions; every replica is in sync\\./
    - term: Brokers
    - definition: /\\d+ of \\d+ up/
  `);
});
