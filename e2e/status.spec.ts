// Riverkeeper's own status, on the real fleet: what it cannot read comes first, and nothing else suffers.
import { MISSED, WELL, clusters, fault } from './fixtures/fleet';
import { expect, expectAccessible, test } from './fixtures/page';

const PARTS = ['metadata', 'log dirs', 'configs'];
/** What load reads of each cluster: the brokers, and what is usual for them. */
const LOAD_PARTS = 2;
/** What lag reads of each cluster: its groups, and who is in them. */
const LAG_PARTS = 2;
/** The fleet as a whole, its flows, and the catalog of owners. */
const FLEET_PARTS = 3;

/** A turn that a busy machine made fail is told until the next of its cycle, which may be half a minute later. */
const READ = { timeout: 120_000 };

test('every cycle is listed with its period and the age of its view', async ({ page }) => {
  test.setTimeout(180_000);
  await page.goto('status');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Riverkeeper reads everything', READ);
  const table = page.getByRole('table', { name: 'Cycles' });
  const names = (await clusters(page)).map(({ name }) => name);
  await expect(table.locator('tbody tr')).toHaveCount(names.length * (PARTS.length + LOAD_PARTS + LAG_PARTS) + FLEET_PARTS);
  for (const name of names) {
    for (const part of PARTS) {
      const row = table.getByRole('row').filter({ hasText: `inventory · ${part}${name}` });
      await expect(row).toHaveCount(1);
      await expect(row).toHaveText(/^Well.*ago\d+ (s|min|ms)/);
    }
  }
  await expect(table.getByRole('row').filter({ hasText: 'inventory · fleetfleet' })).toHaveCount(1);
  await expectAccessible(page);
});

test('a cluster that hangs comes first with its reason, its age is shown, and the others stay fresh', async ({
  page,
  context,
}) => {
  test.setTimeout(600_000);
  await page.goto('status');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Riverkeeper reads everything', READ);
  const fleet = await context.newPage();
  await fleet.goto('');
  await expect(fleet.getByRole('heading', { level: 1 })).toHaveText(/^All \d clusters are well$/, WELL);
  const row = (name: string) =>
    fleet.getByRole('row').filter({ has: fleet.getByRole('link', { name, exact: true }) });
  try {
    await fault('pause', 'west', '1');

    await expect(fleet.getByRole('heading', { level: 1 })).toHaveText(/needs you: west does not answer$/, MISSED);
    await expect(fleet.locator('.lede')).toContainText(/What you see of west is \d+ s old\./);
    await expect(row('west')).toContainText('Stale');
    await expect(row('west')).toContainText(/\d+ s ago.*answer/);
    await expect(row('west')).toContainText('1 of 1');
    await expect(row('east')).toContainText('Well');
    await expect(row('east')).toContainText(/\d s ago/);
    await expect(fleet.getByRole('region', { name: 'What changed' })).toContainText('west does not answer');

    await page.bringToFront();
    const first = page.getByRole('table', { name: 'Cycles' }).locator('tbody tr').first();
    await expect(first).toContainText(/(Failed|Timed out)for .*inventory/, MISSED);
    await expect(first).toContainText('west');
    await expect(first.locator('.reason')).toContainText('answer');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(/cannot read the .* of west|\d of \d+ cycles fail/);
    const well = page.getByRole('row').filter({ hasText: 'inventory · metadataeast' });
    await expect(well).toContainText('Well');
  } finally {
    await fault('resume', 'west', '1');
  }
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Riverkeeper reads everything', READ);
  await fleet.bringToFront();
  await expect(fleet.getByRole('heading', { level: 1 })).toHaveText(/^All \d clusters are well$/, WELL);
  await expect(fleet.getByRole('region', { name: 'What changed' })).toContainText('west answers again');
});
