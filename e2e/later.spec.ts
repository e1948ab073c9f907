// Code that comes later: the first page waits for none of it, and what does not come harms no other page.
import { expect, expectAccessible, test } from './fixtures/page';

const PIECE = /-later-\w+\.wasm$/;

test('the first page needs nothing that comes later, and a page that does not come is asked for again', async ({
  page,
  complaints,
}) => {
  await page.route(PIECE, (route) => route.abort());
  await page.goto('');
  const title = page.getByRole('heading', { level: 1 });
  const menu = page.getByRole('navigation', { name: 'Menu' });
  await expect(page.getByRole('rowheader').first()).toBeVisible();

  await menu.getByRole('link', { name: "Riverkeeper's status" }).click();
  await expect(title).toHaveText('This page could not be loaded');
  await expect(page).toHaveTitle('Not loaded · Riverkeeper');
  await expect(page.getByRole('button', { name: 'Reload' })).toBeVisible();
  await expectAccessible(page);

  await page.unroute(PIECE);
  await menu.getByRole('link', { name: 'Fleet' }).click();
  await expect(page.getByRole('rowheader').first()).toBeVisible();
  await menu.getByRole('link', { name: "Riverkeeper's status" }).click();
  await expect(page.getByRole('table', { name: 'Cycles' })).toBeVisible();

  // The browser tells of each piece that it could not fetch.
  expect(complaints.filter((complaint) => !/Failed to (fetch|load resource)/.test(complaint))).toEqual([]);
  complaints.length = 0;
});

test('what comes later is fetched ahead, so that a page opens without asking for it', async ({ page }) => {
  const fetched = Promise.all(
    ['inventory', 'lag', 'topology', 'status', 'charts'].map((piece) => page.waitForResponse(new RegExp(`-later-${piece}\\.wasm$`))),
  );
  await page.goto('');
  await fetched;
  await page.route(PIECE, (route) => route.abort());
  await page.getByRole('rowheader').first().getByRole('link').click();
  await expect(page.locator('.chart svg').first()).toBeVisible();
});
