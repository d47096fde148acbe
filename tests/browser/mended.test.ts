// With --reload a browser that shows why the code cannot be loaded shows the site as soon as it is mended, and nobody has to touch it.

import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { chromium } from 'playwright-core';
import { launch } from '../integration/server.ts';

const CHROMIUM = '/usr/bin/chromium';
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'];
const MENDED = `
def application(environ, start):
    start('200 OK', [('Content-Type', 'text/html')])
    return [b'<h1>the site</h1>']
`;

test('the page of broken code gives way to the site', async () => {
  assert.ok(existsSync(CHROMIUM), `this test needs ${CHROMIUM} (on Debian: apt install chromium)`);
  await using server = launch({ app: 'def application(:\n', args: ['--reload'] });
  await server.logged(/listening at/);
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  try {
    const page = await browser.newPage();
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    await page.goto(`http://127.0.0.1:${server.port}/`);
    assert.match(await page.innerText('h1'), /SyntaxError/);
    const path = join(server.folder, 'app.py');
    writeFileSync(path, 'import nothing_of_this_name\n');
    await page.getByRole('heading', { name: /ModuleNotFoundError/ }).waitFor();
    writeFileSync(path, MENDED);
    await page.getByRole('heading', { name: 'the site' }).waitFor();
    assert.deepEqual(faults, []);
  } finally {
    await browser.close();
  }
});
