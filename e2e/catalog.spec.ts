// Who owns what, on the real fleet with the demo's owners.
import { expect, test } from './fixtures/page';

test('the topics of one owner are chosen by the keyboard, and the choice stands in the address', async ({ page }) => {
  await page.goto('clusters/east/topics');
  const table = page.getByRole('table', { name: 'Topics' });
  await expect(table.getByRole('row').filter({ hasText: 'orders' })).toContainText('checkout');
  const owner = page.getByRole('combobox', { name: 'Owner', exact: true });
  await owner.focus();
  await page.keyboard.type('Ware');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\?owner=logistics$/);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('2 topics of logistics on east');
  await expect(table.getByRole('rowheader')).toHaveText(['inventory-changes', 'shipments']);
  await page.reload();
  await expect(owner).toHaveValue('logistics');
  await owner.selectOption('Everyone');
  await expect(page).toHaveURL(/\/topics$/);
});

test('an owner in a row leads to what else that owner has', async ({ page }) => {
  await page.goto('clusters/east');
  const topics = page.getByRole('table', { name: 'Topics' });
  await topics.getByRole('link', { name: 'web', exact: true }).click();
  await expect(page).toHaveURL(/\/clusters\/east\/topics\?owner=web$/);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('2 topics of web on east');
});

test("an owner's name finds the owner's topics", async ({ page }) => {
  await page.goto('');
  await expect(page.getByRole('heading', { level: 1 })).not.toBeEmpty();
  await page.keyboard.press('Control+k');
  await page.keyboard.type('warehouse and');
  const found = page.getByRole('listbox', { name: 'Found' }).getByRole('option');
  await expect(found.filter({ hasText: 'shipments' })).toContainText('logistics');
});

test('nobody owns what nobody claims, and an owner who does not exist has nothing', async ({ page }) => {
  await page.goto('clusters/east/topics?q=__consumer');
  const row = page.getByRole('table', { name: 'Topics' }).getByRole('row').filter({ hasText: '__consumer_offsets' });
  await expect(row.getByTitle('Nobody owns it, by the catalog')).toBeVisible();
  await page.goto('clusters/east/topics?owner=nobody-at-all');
  await expect(page.getByText('No topic fits')).toBeVisible();
  await expect(page.getByRole('combobox', { name: 'Owner', exact: true })).toHaveValue('nobody-at-all');
});
