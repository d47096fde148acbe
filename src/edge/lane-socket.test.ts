import { deepEqual, equal } from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { openPair } from './fake-connection.ts';
import { DirectLaneSocket } from './lane-socket.ts';

/** More than the kernel takes at once. */
const MUCH = Buffer.from(Array.from({ length: 2_000_000 }, (_, index) => index % 251));

test('DirectLaneSocket sends what the kernel does not take at once, in order, and says whose the memory is', async () => {
  await using pair = await openPair();
  const lane = new DirectLaneSocket(pair.edge);
  pair.peer.pause();
  equal(lane.write(Buffer.from('first')), true);
  equal(lane.write(MUCH), false);
  equal(lane.write(Buffer.from('last')), false);
  const expected = Buffer.concat([Buffer.from('first'), MUCH, Buffer.from('last')]);
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of pair.peer as AsyncIterable<Buffer>) {
    pieces.push(piece);
    length += piece.length;
    if (length === expected.length) break;
  }
  equal(Buffer.concat(pieces).equals(expected), true);
});

test('DirectLaneSocket leaves what a worker has sent to be read when the worker is gone', async () => {
  await using pair = await openPair();
  const lane = new DirectLaneSocket(pair.edge);
  pair.peer.write('an answer');
  await new Promise((resolve) => pair.peer.destroy().once('close', resolve));
  for (let times = 0; times < 2; times += 1) equal(lane.write(Buffer.from('a request')), true);
  const read: string[] = [];
  pair.edge.on('data', (data: Buffer) => read.push(data.toString()));
  pair.edge.resume();
  await once(pair.edge, 'end');
  deepEqual(read, ['an answer']);
});

test('DirectLaneSocket writes nothing when its socket is closed: the descriptor may be another file by then', async () => {
  await using pair = await openPair();
  const lane = new DirectLaneSocket(pair.edge);
  lane.destroy();
  await once(pair.edge, 'close');
  await using other = await openPair();
  other.peer.on('data', () => {
    throw new Error('it went elsewhere');
  });
  equal(lane.write(Buffer.from('x')), true);
  other.edge.end();
  other.peer.resume();
  await once(other.peer, 'end');
});

test('DirectLaneSocket stops and starts reading', async () => {
  await using pair = await openPair();
  const lane = new DirectLaneSocket(pair.edge);
  lane.resume();
  equal(pair.edge.isPaused(), false);
  lane.pause();
  equal(pair.edge.isPaused(), true);
});
