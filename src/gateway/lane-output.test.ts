import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { FRAME_LIMITS } from '../protocol/lanes/frames.ts';
import { FakeSocket, readRequest } from './fake-worker.ts';
import type { LaneHead } from './lane-output.ts';
import { LaneOutput } from './lane-output.ts';

/** What a worker gets of block parts: slot and text, the text '' if it has it. */
function sent(heads: readonly LaneHead[]): (readonly [number, string])[] {
  const socket = new FakeSocket();
  const output = new LaneOutput(socket, () => undefined);
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
