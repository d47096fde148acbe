import { deepEqual, equal } from 'node:assert/strict';
import { once } from 'node:events';
import { closeSync, openSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openPair } from '../../relay/sockets/fake-connection.ts';
import { descriptorOf } from '../../relay/sockets/node-internals.ts';
import { DirectLaneSocket } from './lane-socket.ts';

/** More than the kernel takes at once. */
const MUCH = Buffer.from(Array.from({ length: 2_000_000 }, (_, index) => index % 251));

test('DirectLaneSocket sends what the kernel does not take at once, in order, and says whose the memory is', async () => {
  await using pair = await openPair();
  const lane = new DirectLaneSocket(pair.edge);
  pair.peer.pause();
  equal(lane.write(Buffer.from('first')), true);
  const released: Buffer[] = [];
  const holder = { release: (bytes: Buffer) => released.push(bytes) };
  equal(lane.write(MUCH, holder), false);
  equal(lane.write(Buffer.from('last'), holder), true, 'what is short is copied');
  equal(released.length, 0);
  const expected = Buffer.concat([Buffer.from('first'), MUCH, Buffer.from('last')]);
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of pair.peer as AsyncIterable<Buffer>) {
    pieces.push(piece);
    length += piece.length;
    if (length === expected.length) break;
  }
  equal(Buffer.concat(pieces).equals(expected), true);
  deepEqual(released, [MUCH]);
});

test('DirectLaneSocket releases what it has not sent when its socket ends', async () => {
  await using pair = await openPair();
  const lane = new DirectLaneSocket(pair.edge);
  pair.peer.pause();
  const released: Buffer[] = [];
  const holder = { release: (bytes: Buffer) => released.push(bytes) };
  for (let times = 0; times < 2; times += 1) equal(lane.write(MUCH, holder), false);
  lane.destroy();
  await once(pair.edge, 'close');
  equal(released.length, 2);
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
  const fd = descriptorOf(pair.edge);
  lane.destroy();
  await once(pair.edge, 'close');
  const path = join(tmpdir(), `portico-lane-${process.pid}`);
  const files = Array.from({ length: 50 }, () => openSync(path, 'w'));
  equal(files.includes(fd ?? -1), true, 'one of them has the number');
  equal(lane.write(Buffer.from('x')), true);
  equal(statSync(path).size, 0);
  for (const file of files) closeSync(file);
  rmSync(path);
});

test('DirectLaneSocket stops and starts reading', async () => {
  await using pair = await openPair();
  const lane = new DirectLaneSocket(pair.edge);
  lane.resume();
  equal(pair.edge.isPaused(), false);
  lane.pause();
  equal(pair.edge.isPaused(), true);
});
