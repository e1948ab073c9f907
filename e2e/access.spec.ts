// Who is let in and what they see, in the browser: a Riverkeeper of its own with tokens, over the real fleet.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';

import type { Page } from '@playwright/test';

import { expect, expectAccessible, expectNoSidewaysScroll, test } from './fixtures/page';
import { type Riverkeeper, needed, riverkeeper } from './fixtures/riverkeeper';

let served: Riverkeeper;

/** One of its own has to start first, and to read every cluster once. */
const READY = 300_000;

test.beforeAll(async () => {
  test.setTimeout(READY);
  served = await riverkeeper({
    everything: {},
    'checkout-on-call': { owners: ['checkout'] },
    'west-only': { clusters: ['west'] },
  });
});

test.afterAll(async () => served?.end());

// The browser itself reports every refusal, and this is about refusals.
test.afterEach(({ complaints }) => {
  expect(complaints.filter((complaint) => !/status of (401|404)/.test(complaint))).toEqual([]);
  complaints.length = 0;
});

const title = (page: Page) => page.getByRole('heading', { level: 1 });

async function signIn(page: Page, token: string) {
  await expect(title(page)).toHaveText('Sign in');
  await page.getByLabel('Token').fill(token);
  await page.keyboard.press('Enter');
}

test('one who is not signed in is led to the page to sign in on, and from there to the page that was asked for', async ({ page }) => {
  const asked = 'clusters/east/topics?sort=-size_bytes';
  await page.goto(`${served.url}${asked}`);
  await expect(title(page)).toHaveText('Sign in');
  await expect(page.getByLabel('Token')).toBeFocused();
  await expect(page.getByLabel('Token')).toHaveAttribute('type', 'password');
  await expect(page.getByRole('navigation')).toHaveCount(0);
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);

  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert')).toHaveText('Paste the token first.');
  await signIn(page, 'no token of anybody');
  await expect(page.getByRole('alert')).toContainText('This token is not known here.');
  await expect(page.getByLabel('Token')).toBeFocused();

  await signIn(page, served.tokens.everything);
  await expect(page).toHaveURL(`${served.url}${asked}`);
  await expect(title(page)).toHaveText(/^\d+ topics on east$/);
  await expect(page.getByRole('button', { name: /^Live/ })).toBeVisible();
  const cookies = await page.context().cookies();
  expect(cookies.map(({ name, httpOnly, sameSite, path }) => ({ name: name.startsWith('__Host-'), httpOnly, sameSite, path }))).toEqual([
    { name: true, httpOnly: true, sameSite: 'Lax', path: '/' },
  ]);
  expect(await page.evaluate(() => JSON.stringify(localStorage) + document.cookie)).not.toContain(served.tokens.everything);
  await page.reload();
  await expect(title(page)).toHaveText(/^\d+ topics on east$/);
});

test('one who signs out leaves nothing on the screen', async ({ page }) => {
  await page.goto(served.url);
  await signIn(page, served.tokens.everything);
  await expect(page.getByRole('rowheader', { name: /^east/ })).toBeVisible();
  await page.getByRole('button', { name: 'Signed in with everything' }).click();
  const dialog = page.getByRole('dialog', { name: 'Who is signed in' });
  await expect(dialog).toContainText('Tokeneverything');
  await expect(dialog).toContainText('Clustersall');
  await dialog.getByRole('button', { name: 'Sign out' }).click();
  await expect(title(page)).toHaveText('Sign in');
  await expect(page.getByText('east', { exact: true })).toHaveCount(0);
  expect((await page.request.get(`${served.url}api/v1/clusters`)).status()).toBe(401);
  await page.goto(`${served.url}clusters/east`);
  await expect(title(page)).toHaveText('Sign in');
});

test('a token of one owner sees what that owner has, and of a cluster only how it is', async ({ page }) => {
  await page.goto(served.url);
  await signIn(page, served.tokens['checkout-on-call']);
  const row = page.getByRole('table', { name: 'Clusters' }).getByRole('row').filter({ hasText: 'east' });
  await expect(row).toContainText(/Well|Warning|Critical|Unknown/);
  await expect(row.getByTitle('Not known, or not shown to your token').first()).toBeVisible();
  await expect(page.getByRole('navigation', { name: 'Menu' })).not.toContainText('status');
  await expectAccessible(page);

  await page.getByRole('link', { name: 'east', exact: true }).click();
  await expect(page.getByRole('region', { name: 'Brokers' })).toHaveCount(0);
  await page.getByRole('link', { name: 'All topics' }).click();
  await expect(title(page)).toHaveText('3 topics on east');
  const table = page.getByRole('table', { name: 'Topics' });
  await expect(table.getByRole('rowheader')).toHaveText(['orders', 'payments', 'refunds'], { useInnerText: true });
  await expect(page.getByRole('combobox', { name: 'Owner', exact: true }).getByRole('option')).toHaveText(['Everyone', 'Checkout team']);

  await page.getByRole('link', { name: 'orders' }).click();
  await expect(title(page)).toHaveText('orders is whole');
  await expect(page.getByRole('main')).toContainText('Owned by Checkout team');
  await expect(page.getByRole('link', { name: 'Runbook' })).toHaveAttribute('href', 'https://wiki.example.com/checkout/runbook');

  await page.keyboard.press('Control+k');
  await page.keyboard.type('clicks');
  await expect(page.getByText('Nothing is called clicks')).toBeVisible();
  await page.keyboard.press('Escape');

  for (const address of ['clusters/east/topics/clicks', 'status']) {
    await page.goto(`${served.url}${address}`);
    await expect(title(page)).toHaveText(/^There is no (topic of this name|page at this address)$/);
  }
});

test('a token of one cluster does not know that there are others', async ({ page }) => {
  await page.goto(served.url);
  await signIn(page, served.tokens['west-only']);
  await expect(page.getByRole('table', { name: 'Clusters' }).getByRole('rowheader')).toHaveText([/^west/]);
  await page.goto(`${served.url}clusters/east`);
  await expect(title(page)).toHaveText('There is no cluster of this name');
});

test('nobody is sent elsewhere after signing in', async ({ page }) => {
  await page.goto(`${served.url}sign-in?to=${encodeURIComponent('//example.com/')}`);
  await signIn(page, served.tokens.everything);
  await expect(page).toHaveURL(served.url);
});

test('a page whose token ends leads to the page to sign in on by itself', async ({ page }) => {
  test.setTimeout(READY);
  // It lives while the server starts and the page is loaded too.
  const short = await riverkeeper({ short: { seconds: 90 } });
  try {
    await page.goto(`${short.url}clusters/east`);
    await signIn(page, short.tokens.short);
    await expect(title(page)).toHaveText(/^east /);
    await expect(page.getByText(/^You are signed out at/)).toBeVisible();
    await expect(title(page)).toHaveText('Sign in', { timeout: 150_000 });
    await expect(page).toHaveURL(`${short.url}sign-in?to=clusters%2Feast`);
  } finally {
    await page.goto('about:blank');
    await short.end();
  }
});

test('at a path of a shared host everything stays under that path', async ({ page }) => {
  test.setTimeout(READY);
  const placed = await riverkeeper({ everything: {} }, '/ops/kafka/');
  try {
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(`${placed.url}clusters/east`);
    await signIn(page, placed.tokens.everything);
    await expect(page).toHaveURL(`${placed.url}clusters/east`);
    await expect(title(page)).toHaveText(/^east /);
    await expect(page.getByRole('button', { name: /^Live/ })).toBeVisible();
    await page.getByRole('link', { name: 'All topics' }).click();
    await expect(page).toHaveURL(`${placed.url}clusters/east/topics`);
    await page.reload();
    await expect(title(page)).toHaveText(/^\d+ topics on east$/);
    expect(asked.filter((address) => !address.startsWith(placed.url) && !address.startsWith('data:'))).toEqual([]);
    const names = (await page.context().cookies()).map(({ name }) => name);
    expect(names).toContain('__Host-riverkeeper-ops-kafka');
    expect((await page.request.get(new URL('/api/v1/clusters', placed.url).href)).status()).toBe(404);
  } finally {
    await page.goto('about:blank'); // a page that outlives its server complains
    await placed.end();
  }
});

test('a page of another site is given no cookie of ours, and reads and ends nothing', async ({ page, complaints }) => {
  await page.goto(served.url);
  await signIn(page, served.tokens.everything);
  await expect(title(page)).not.toHaveText('Sign in');
  const other = createServer((_, answer) => answer.setHeader('content-type', 'text/html').end('<!doctype html><title>Elsewhere</title>'));
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  try {
    // Another name than that of the address in `served.url` is another site, though it is the same machine.
    await page.goto(`http://localhost:${(other.address() as AddressInfo).port}/`);
    for (const [method, path] of [['GET', 'api/v1/clusters'], ['DELETE', 'api/v1/session']]) {
      const asked = page.waitForRequest((request) => request.url() === served.url + path);
      const outcome = page.evaluate(
        ([url, way]) => fetch(url, { method: way, credentials: 'include' }).then(() => 'answered', () => 'refused'),
        [served.url + path, method],
      );
      expect((await (await asked).allHeaders()).cookie, method).toBeUndefined();
      expect(await outcome, method).toBe('refused');
    }
  } finally {
    other.close();
  }
  await page.goto(served.url);
  await expect(page.getByRole('rowheader', { name: /^east/ })).toBeVisible();
  complaints.length = 0; // the browser told of each refusal
});

test('no password of a cluster is in an answer or in the log', async ({ request }) => {
  const { stdout } = await promisify(execFile)(needed('RIVERKEEPER_DEMO'), ['config', '--port', '1']);
  const files = [...stdout.matchAll(/\{ file = "([^"]+)" \}/g)].map(([, file]) => file);
  const passwords = await Promise.all(files.map(async (file) => (await readFile(file, 'utf8')).trim()));
  expect(passwords.length).toBeGreaterThan(0);
  expect(Math.min(...passwords.map(({ length }) => length))).toBeGreaterThan(16);
  const { paths } = await (await request.get('api/v1/openapi.json')).json();
  const routes = Object.keys(paths).filter((path) => paths[path].get && path !== '/api/v1/live');
  const named = { cluster: 'east', topic: 'orders', broker_id: '1' };
  const told = [await readFile(needed('RIVERKEEPER_LOG'), 'utf8')];
  for (const route of routes) {
    const path = Object.entries(named).reduce((way, [name, value]) => way.replace(`{${name}}`, value), route);
    told.push(await (await request.get(path.slice(1))).text());
  }
  expect(told.length).toBeGreaterThan(10);
  for (const password of passwords) {
    expect(told.filter((text) => text.includes(password))).toEqual([]);
  }
});
