// Two people in a chat of Django Channels, each with a browser's page of their own, while the server is reloaded under them.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { serveExample } from '../frameworks/example.ts';
import { startRedis } from '../frameworks/redis.ts';

const CHROMIUM = '/usr/bin/chromium';
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'];
const RELOAD_MS = 15_000;

interface Person {
  readonly page: Page;
  readonly faults: string[];
}

test('what one types appears in the other page, also after a reload of the server', async () => {
  assert.ok(existsSync(CHROMIUM), `this test needs ${CHROMIUM} (on Debian: apt install chromium)`);
  await using redis = await startRedis();
  await using server = await serveExample('channels', {
    target: '',
    args: ['--workers', '2'],
    env: { REDIS_URL: redis.url },
  });
  const room = `http://127.0.0.1:${server.port}/rooms/lobby/`;
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  try {
    const ann = await enter(browser, room, 'Ann');
    const bob = await enter(browser, room, 'Bob');
    await reads(ann, 'Bob: has come');
    await say(ann, 'Grüße <b>Bob</b> ☕');
    await reads(bob, 'Ann: Grüße <b>Bob</b> ☕');
    await say(bob, 'Hello Ann');
    await reads(ann, 'Bob: Hello Ann');

    const from = server.log.length;
    server.signal('SIGHUP');
    await server.logged(/INFO .*reloaded/, RELOAD_MS, from);
    const eve = await enter(browser, room, 'Eve');
    await reads(ann, 'Eve: has come');
    await say(bob, 'Did you notice anything?');
    await reads(ann, 'Bob: Did you notice anything?');
    await reads(eve, 'Bob: Did you notice anything?');
    await say(eve, 'What?');
    for (const { page, faults } of [ann, bob, eve]) {
      await reads({ page, faults }, 'Eve: What?');
      assert.equal(await page.locator('#state').textContent(), 'connected, 0 times lost');
      assert.deepEqual(faults, []);
    }

    await bob.page.close();
    await reads(ann, 'Bob: has left (1001)');
  } catch (error) {
    console.error(`The server printed:\n${server.log}`);
    throw error;
  } finally {
    await browser.close();
  }
});

async function enter(browser: Browser, room: string, name: string): Promise<Person> {
  const page = await browser.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('requestfailed', (request) => faults.push(`${request.url()} ${request.failure()?.errorText ?? ''}`));
  await page.goto(`${room}?name=${name}`);
  await reads({ page, faults }, `${name}: has come`);
  return { page, faults };
}

async function say({ page }: Person, text: string): Promise<void> {
  await page.fill('[name=text]', text);
  await page.click('button');
}

/** Waits until a line of the chat is that, to the letter. */
async function reads({ page }: Person, line: string): Promise<void> {
  await page.locator('#lines li').getByText(line, { exact: true }).waitFor();
}
