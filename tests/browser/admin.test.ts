// A person's whole visit in a real browser: sign in to the admin, add a row, see it on the site, sign out.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { serveExampleSite } from './example-site.ts';

const CHROMIUM = '/usr/bin/chromium';

/** No sandbox: build machines run as root. The rest keeps the browser from calling anyone but the site. */
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** What went over the wire that a person would not see: failures, and how the style sheets came. */
interface Traffic {
  readonly faults: string[];
  readonly styleSheets: { readonly url: string; readonly type: string; readonly caching: string }[];
}

test('the Django admin works in a browser', async () => {
  assert.ok(existsSync(CHROMIUM), `this test needs ${CHROMIUM} (on Debian: apt install chromium)`);
  await using site = await serveExampleSite();
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  try {
    const page = await browser.newPage();
    const traffic = watch(page);

    await page.goto(`${site.url}/admin/`);
    await page.fill('#id_username', site.login.name);
    await page.fill('#id_password', site.login.password);
    await page.click('[type=submit]');
    await page.getByRole('heading', { name: 'Site administration' }).waitFor();
    assert.notEqual(await background(page, '#header'), 'rgba(0, 0, 0, 0)', 'the admin has its style');

    await page.goto(`${site.url}/admin/guestbook/entry/add/`);
    await page.fill('#id_name', 'Zoë & Søn');
    await page.fill('#id_message', 'Added in the admin.\n<b>Not bold.</b>');
    await page.click('[name=_save]');
    await page.getByText('was added successfully').waitFor();

    await page.goto(site.url);
    const entry = page.locator('.entries li').first();
    assert.equal(await entry.locator('h2').textContent(), 'Zoë & Søn');
    assert.equal(await entry.locator('p').innerText(), 'Added in the admin.\n<b>Not bold.</b>');
    assert.equal(await background(page, 'body'), 'rgb(250, 247, 240)', 'the site has its style');
    assert.match((await page.locator('header p').textContent()) ?? '', /Signed in as admin/);

    await page.goto(`${site.url}/admin/`);
    await page.click('#logout-form button');
    await page.getByText('Logged out').waitFor();
    await page.goto(`${site.url}/admin/`);
    await page.locator('#id_password').waitFor();

    assert.deepEqual(traffic.faults, []);
    assert.ok(traffic.styleSheets.length >= 2, 'style sheets came over the wire');
    for (const { url, type, caching } of traffic.styleSheets) {
      assert.match(type, /^text\/css\b/, url);
      assert.match(url, /\.[0-9a-f]{12}\.css$/, 'its name has a hash');
      assert.match(caching, /immutable/, url);
    }
  } catch (error) {
    console.error(`The server printed:\n${site.output()}`);
    throw error;
  } finally {
    await browser.close();
  }
});

function watch(page: Page): Traffic {
  const traffic: Traffic = { faults: [], styleSheets: [] };
  page.on('pageerror', (error) => traffic.faults.push(error.message));
  page.on('requestfailed', (request) => traffic.faults.push(`${request.url()} ${request.failure()?.errorText ?? ''}`));
  page.on('response', (response) => {
    const url = response.url();
    if (response.status() >= 400) traffic.faults.push(`${url} ${response.status()}`);
    if (!url.includes('.css')) return;
    const headers = response.headers();
    traffic.styleSheets.push({
      url,
      type: headers['content-type'] ?? '',
      caching: headers['cache-control'] ?? '',
    });
  });
  return traffic;
}

/** A computed style: what the browser made of the style sheet, not what the server sent. */
function background(page: Page, selector: string): Promise<string> {
  return page.evaluate<string>(`getComputedStyle(document.querySelector('${selector}')).backgroundColor`);
}
