import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FolderReads } from './folder-reads.ts';
import { FILES_LIMITS } from './limits.ts';

test('FolderReads works a few at a time, once for all that ask for the same, and bounds who waits', async () => {
  const reads = new FolderReads();
  const ends: (() => void)[] = [];
  const work = (): Promise<number> =>
    new Promise((resolve) => {
      ends.push(() => resolve(ends.length));
    });
  const asked = Array.from({ length: FILES_LIMITS.listsWaitingMax }, (_, index) => reads.share(`${index % 6}`, work));
  assert.equal(reads.share('another', work), undefined);
  await Promise.resolve();
  assert.equal(ends.length, FILES_LIMITS.listsRunningMax);
  for (let at = 0; at < 6; at += 1) {
    ends[at]?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.equal((await Promise.all(asked.filter((one) => one !== undefined))).length, asked.length);
  assert.equal(ends.length, 6);
  const again = reads.share('another', () => Promise.reject(new Error('gone')));
  assert.ok(again !== undefined);
  await assert.rejects(again, /gone/);
});

test('FolderReads bounds the lists that are on their way, of which one may have many readers', () => {
  const reads = new FolderReads(100);
  const [large, small, other] = [Buffer.alloc(150), Buffer.alloc(60), Buffer.alloc(60)];
  const done = reads.leave(large);
  assert.ok(done !== undefined, 'one list is answered, however large');
  assert.equal(reads.leave(small), undefined);
  const alsoDone = reads.leave(large);
  done();
  assert.equal(reads.leave(small), undefined);
  alsoDone?.();
  assert.ok(reads.leave(small) !== undefined);
  assert.equal(reads.leave(other), undefined);
});
