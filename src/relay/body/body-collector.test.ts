import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Exchange } from '../../protocol/http/exchange.ts';
import { MemoryBudget } from '../memory-budget.ts';
import { SpoolSpace } from '../spool/spool-space.ts';
import { BlockPool } from './block-pool.ts';
import type { BodyBytes } from './body-bytes.ts';
import type { CollectedBody } from './body-collector.ts';
import { BodyCollector, releaseBody } from './body-collector.ts';

const textOf = (bytes: BodyBytes | undefined): string => Buffer.concat(bytes?.pieces ?? []).toString();
const EXCHANGE = { resumeBody: () => undefined } as unknown as Exchange;

test('BodyCollector keeps a body of chunks of one byte in little more memory than its length', () => {
  let body = '';
  const collector = new BodyCollector(
    EXCHANGE,
    { space: new SpoolSpace('/', 's'), memory: new MemoryBudget(), blocks: new BlockPool() },
    Infinity,
    {
      onBody: ({ bytes }) => {
        body = textOf(bytes);
      },
      onFailed: () => undefined,
    },
  );
  const count = 100_000;
  const before = process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed;
  const byte = Buffer.from('x');
  for (let at = 0; at < count; at += 1) collector.data(byte);
  const after = process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed;
  equal(after - before < 20 * count, true, `${after - before} bytes for ${count}`);
  collector.end();
  equal(body, 'x'.repeat(count));
});

test('BodyCollector that may not spool keeps nothing of the space, and lets the rest of the body come', () => {
  const directory = mkdtempSync(join(tmpdir(), 'portico-collector-'));
  const space = new SpoolSpace(directory, 's', { bytesMax: 2_100_000 });
  const failed: unknown[] = [];
  const collector = new BodyCollector(
    EXCHANGE,
    { space, memory: new MemoryBudget(), blocks: new BlockPool() },
    Infinity,
    {
      onBody: () => undefined,
      onFailed: (status) => failed.push(status),
    },
  );
  const some = Buffer.alloc(600_000);
  for (let count = 0; count < 5; count += 1) equal(collector.data(some), true);
  collector.end();
  deepEqual(failed, [507]);
  equal(space.usedBytes, 0);
  rmSync(directory, { recursive: true });
});

/** Opens all files that the process may, then needs one for a body. */
const EXHAUSTED = `
import { openSync } from 'node:fs';
import { BodyCollector } from '${new URL('body-collector.ts', import.meta.url).href}';
import { BlockPool } from '${new URL('block-pool.ts', import.meta.url).href}';
import { MemoryBudget } from '${new URL('../memory-budget.ts', import.meta.url).href}';
import { SpoolSpace } from '${new URL('../spool/spool-space.ts', import.meta.url).href}';
const collector = new BodyCollector({ resumeBody() {} }, { space: new SpoolSpace('/tmp', 'portico-collector'), memory: new MemoryBudget(), blocks: new BlockPool() }, Infinity, {
  onBody() {},
  onFailed: (status, reason) => console.log(status, reason),
});
try {
  for (;;) openSync('/dev/null');
} catch {
  collector.data(Buffer.alloc(2_100_000));
}
`;

test('BodyCollector that finds no file descriptor says that it is for a moment', () => {
  const args = ['--nofile=256', process.execPath, '--input-type=module', '--eval', EXHAUSTED];
  const { stdout } = spawnSync('prlimit', args, { encoding: 'utf8' });
  match(stdout, /^503 spool file: EMFILE/);
});

test('BodyCollector puts bodies into files when the memory for them is used up, but for the smallest', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'portico-collector-'));
  const space = new SpoolSpace(directory, 's');
  const memory = new MemoryBudget(new Int32Array(1), 131_072);
  const collect = (bytes: number): Promise<CollectedBody> =>
    new Promise((resolve) => {
      const collector = new BodyCollector(EXCHANGE, { space, memory, blocks: new BlockPool() }, Infinity, {
        onBody: resolve,
        onFailed: () => undefined,
      });
      for (let left = bytes; left > 0; left -= 1000) collector.data(Buffer.alloc(1000));
      collector.end();
    });
  const first = await collect(130_000);
  equal(first.bytes?.length, 130_000);
  const second = await collect(50_000);
  equal(second.file?.writtenBytes, 50_000);
  const third = await collect(8000);
  equal(third.bytes?.length, 8000);
  releaseBody(first);
  equal((await collect(50_000)).bytes?.length, 50_000);
  for (const body of [second, third]) releaseBody(body);
  ok(memory.usedBytes >= 50_000 && memory.usedBytes < 131_072, `${memory.usedBytes} bytes`);
  rmSync(directory, { recursive: true });
});

test('a body is kept in memory as far as it is told', async () => {
  const collected = await new Promise<CollectedBody>((resolve, reject) => {
    const space = new SpoolSpace(tmpdir(), 'portico-collector-test');
    const room = { space, memory: new MemoryBudget(), blocks: new BlockPool() };
    const events = { onBody: resolve, onFailed: () => reject(new Error('failed')) };
    const collector = new BodyCollector(EXCHANGE, room, Infinity, events, 4);
    collector.data(Buffer.from('1234'));
    collector.data(Buffer.from('5'));
    collector.end();
  });
  equal(collected.bytes, undefined);
  equal(collected.length, 5);
  match(collected.file?.path ?? '', /portico-collector-test/);
  releaseBody(collected);
});
