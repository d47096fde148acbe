import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { FRAME_LIMITS } from '../../protocol/lanes/frames.ts';
import { BlockPool } from '../../relay/body/block-pool.ts';
import { BodyBytes } from '../../relay/body/body-bytes.ts';
import { MemoryBudget } from '../../relay/memory-budget.ts';
import { FakeSocket, readRequest } from '../fake-worker.ts';
import { GATEWAY_LIMITS } from '../limits.ts';
import type { LaneHead } from './lane-output.ts';
import { LaneOutput } from './lane-output.ts';

/** What a worker gets of block parts: slot and text, the text '' if it has it. */
function sent(heads: readonly LaneHead[]): (readonly [number, string])[] {
  const socket = new FakeSocket();
  const output = new LaneOutput(socket, new BlockPool(), () => undefined);
  for (const [index, head] of heads.entries()) output.request(index + 1, head, 0, undefined);
  output.flush();
  return socket.takeFrames().map((frame) => {
    const { slot, block } = readRequest(frame);
    return [slot, block.join()] as const;
  });
}

test('LaneOutput sends a block part once for its slot, until another takes its place', () => {
  const head = (slot: number, block: string): LaneHead => ({ request: 'r', block, slot });
  deepEqual(sent([head(0, 'a'), head(254, 'b'), head(0, 'a'), head(0, 'c'), head(0, 'a'), head(254, 'b')]), [
    [0, 'a'],
    [254, 'b'],
    [0, ''],
    [0, 'c'],
    [0, 'a'],
    [254, ''],
  ]);
});

test('LaneOutput sends what is not kept each time, and no slot to workers that keep nothing', () => {
  const long = { request: 'r', block: 'long', slot: FRAME_LIMITS.blockSlots };
  deepEqual(sent([long, long]), [
    [255, 'long'],
    [255, 'long'],
  ]);
  const bare = { request: 'r', block: 'b' };
  deepEqual(sent([bare, bare]), [
    [0, 'b'],
    [0, 'b'],
  ]);
});

const HEAD: LaneHead = { request: 'r', block: 'b' };

for (const bytes of [0, 1, 10_240, GATEWAY_LIMITS.copiedBodyBytesMax, GATEWAY_LIMITS.copiedBodyBytesMax + 1, 900_000]) {
  test(`LaneOutput sends a body of ${bytes} bytes in its frame, behind what was collected and before what follows`, () => {
    const socket = new FakeSocket();
    const pool = new BlockPool();
    const output = new LaneOutput(socket, pool, () => undefined);
    const body = new BodyBytes(pool, new MemoryBudget());
    const content = Buffer.alloc(bytes, 'portico');
    body.push(content, 0);
    output.request(1, HEAD, 0, undefined);
    output.request(2, HEAD, 2, body);
    output.request(3, HEAD, 0, undefined);
    output.flush();
    const frames = socket.takeFrames();
    deepEqual(
      frames.map(({ stream }) => stream),
      [1, 2, 3],
    );
    deepEqual(
      frames.map((frame) => readRequest(frame).body.equals(frame.stream === 2 ? content : Buffer.alloc(0))),
      [true, true, true],
    );
  });
}

test('LaneOutput keeps a large body from being used for another as long as the kernel has not taken it', () => {
  const socket = new FakeSocket();
  const pool = new BlockPool();
  const output = new LaneOutput(socket, pool, () => undefined);
  const body = new BodyBytes(pool, new MemoryBudget());
  body.push(Buffer.alloc(100_000, 'a'), 0);
  socket.isFull = true;
  output.request(1, HEAD, 2, body);
  body.release(); // The client has left.
  equal(pool.freeBytes, 0);
  const another = new BodyBytes(pool, new MemoryBudget());
  another.push(Buffer.alloc(100_000, 'b'), 0);
  deepEqual(readRequest(socket.takeFrames()[0]!).body, Buffer.alloc(100_000, 'a'));
  socket.takeHeld();
  equal(pool.freeBytes > 100_000, true);
});

test('LaneOutput uses the memory of its frames again when the kernel has taken them', () => {
  const socket = new FakeSocket();
  const pool = new BlockPool();
  const output = new LaneOutput(socket, pool, () => undefined);
  socket.isFull = true;
  for (const stream of [1, 2, 3]) {
    output.request(stream, HEAD, 0, undefined);
    output.flush();
  }
  equal(pool.freeBytes, 0);
  socket.takeHeld();
  equal(pool.freeBytes, 3 * 65_536);
});
