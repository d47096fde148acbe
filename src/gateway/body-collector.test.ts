import { deepEqual, equal } from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Exchange } from '../protocol/http/exchange.ts';
import { BodyCollector } from './body-collector.ts';
import { GATEWAY_LIMITS } from './limits.ts';
import { SpoolBudget } from './spool-file.ts';

const EXCHANGE = { resumeBody: () => undefined } as unknown as Exchange;

test('BodyCollector keeps a body of chunks of one byte in little more memory than its length', () => {
  let body = '';
  const collector = new BodyCollector(EXCHANGE, new SpoolBudget('/', 's'), Infinity, {
    onBody: ({ bytes }) => {
      body = String(bytes);
    },
    onFailed: () => undefined,
  });
  const count = 100_000;
  const before = process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed;
  const byte = Buffer.from('x');
  for (let at = 0; at < count; at += 1) collector.data(byte);
  const after = process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed;
  equal(after - before < 20 * count, true, `${after - before} bytes for ${count}`);
  collector.end();
  equal(body, 'x'.repeat(count));
});

test('BodyCollector that may not spool takes nothing from the budget, and lets the rest of the body come', () => {
  const directory = mkdtempSync(join(tmpdir(), 'portico-collector-'));
  const budget = new SpoolBudget(directory, 's');
  const failed: unknown[] = [];
  const collector = new BodyCollector(EXCHANGE, budget, Infinity, {
    onBody: () => undefined,
    onFailed: (status) => failed.push(status),
  });
  budget.bytes = GATEWAY_LIMITS.spoolBytesMax;
  const some = Buffer.alloc(100_000);
  for (let count = 0; count < 5; count += 1) equal(collector.data(some), true);
  collector.end();
  deepEqual(failed, [507]);
  equal(budget.bytes, GATEWAY_LIMITS.spoolBytesMax);
  rmSync(directory, { recursive: true });
});
