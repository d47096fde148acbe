// However many edge threads there are, a rate with a burst lets exactly so many requests through; and what is counted outlives a reload, unless the zone has another size.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { test } from 'node:test';
import { Client } from './client.ts';
import { runFile } from './file-server.ts';
import { findPort } from './free-port.ts';
import type { Server } from './server.ts';

/** By the kernel's choice these are many in each of four threads. */
const CONNECTIONS = 48;
const SERVED = /the new configuration is served/;

interface Rates {
  readonly threads?: number;
  readonly rate: string;
  readonly size?: string;
}

function configuration(port: number, { threads = 4, rate, size = '1m' }: Rates): string {
  const zone = `[zone.z]\nkey = "$remote_addr"\nrate = "${rate}"\nsize = "${size}"\n`;
  return `[edge]\nthreads = ${threads}\n${zone}[[site]]\nlisten = "127.0.0.1:${port}"\nanswer = "empty-gif"\nrate-limit.rates = { zone = "z", burst = 40, delay = "all" }\n`;
}

async function connections(port: number): Promise<Client[]> {
  return Promise.all(Array.from({ length: CONNECTIONS }, () => Client.open(port)));
}

/** One request on each connection, all at once: how many were let through. */
async function askOnEach(clients: readonly Client[]): Promise<number> {
  for (const client of clients) client.send('GET / HTTP/1.1\r\nHost: a.test\r\n\r\n');
  const answers = await Promise.all(clients.map((client) => client.read()));
  return answers.filter(({ status }) => status === 200).length;
}

async function reload(server: Server, text: string): Promise<void> {
  const from = server.log.length;
  writeFileSync(join(server.folder, 'portico.toml'), text);
  server.signal('SIGHUP');
  await server.logged(SERVED, undefined, from);
}

for (const threads of [1, 4]) {
  test(`10 requests a second and a burst of 40 are let through by ${threads} edge threads, no more and no less`, async () => {
    const port = await findPort();
    await using server = await runFile({ 'portico.toml': configuration(port, { threads, rate: '10r/s' }) });
    assert.ok(server.pid);
    const clients = await connections(port);
    let passed = 0;
    const beganMs = performance.now();
    let firstMs = 0;
    let lastAskedMs = 0;
    // Until the burst is used up in each round, time has let no request in that nobody asked for.
    for (let isOver = false; !isOver; ) {
      lastAskedMs = performance.now();
      passed += await askOnEach(clients);
      firstMs ||= performance.now();
      isOver = lastAskedMs - beganMs > 1500;
    }
    const endedMs = performance.now();
    for (const client of clients) client.close();
    const most = 1 + 40 + (endedMs - beganMs) / 100;
    const least = 40 + Math.max(0, lastAskedMs - firstMs) / 100;
    assert.ok(passed >= Math.floor(least) && passed <= most, `${passed} of ${least} to ${most}`);
  });
}

test('what a zone has counted stays in a reload, with another rate too; a zone of another size counts anew', async () => {
  const port = await findPort();
  const slow = { rate: '1r/m' };
  await using server = await runFile({ 'portico.toml': configuration(port, slow) });
  const clients = await connections(port);
  assert.equal(await askOnEach(clients), 41);
  assert.equal(await askOnEach(clients), 0);
  await reload(server, `${configuration(port, slow)}[[site]]\nnames = "b.test"\nlisten = "127.0.0.1:${port}"\n`);
  assert.equal(await askOnEach(clients), 0);
  await reload(server, configuration(port, { rate: '2r/m' }));
  assert.equal(await askOnEach(clients), 0);
  await reload(server, configuration(port, { ...slow, size: '2m' }));
  assert.equal(await askOnEach(clients), 41);
  for (const client of clients) client.close();
});
