import { deepEqual, equal } from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { Server, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { DirectLaneSocket } from './lane-socket.ts';

/** More than the kernel takes at once. */
const MUCH = Buffer.from(Array.from({ length: 2_000_000 }, (_, index) => index % 251));

interface Pair extends AsyncDisposable {
  readonly edge: Socket;
  readonly worker: Socket;
}

async function openPair(): Promise<Pair> {
  const folder = mkdtempSync(join(tmpdir(), 'portico-lane-'));
  const path = join(folder, 'lane.sock');
  const server: Server = createServer({ allowHalfOpen: true, pauseOnConnect: true }).listen(path);
  await once(server, 'listening');
  const worker = connect(path);
  const [[edge]] = (await Promise.all([once(server, 'connection'), once(worker, 'connect')])) as [[Socket], unknown];
  return {
    edge,
    worker,
    [Symbol.asyncDispose]: async () => {
      edge.destroy();
      worker.destroy();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true });
    },
  };
}

test('DirectLaneSocket sends what the kernel does not take at once, in order, and says whose the memory is', async () => {
  await using pair = await openPair();
  const lane = new DirectLaneSocket(pair.edge);
  pair.worker.pause();
  equal(lane.write(Buffer.from('first')), true);
  equal(lane.write(MUCH), false);
  equal(lane.write(Buffer.from('last')), false);
  const expected = Buffer.concat([Buffer.from('first'), MUCH, Buffer.from('last')]);
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of pair.worker as AsyncIterable<Buffer>) {
    pieces.push(piece);
    length += piece.length;
    if (length === expected.length) break;
  }
  equal(Buffer.concat(pieces).equals(expected), true);
});

test('DirectLaneSocket leaves what a worker has sent to be read when the worker is gone', async () => {
  await using pair = await openPair();
  const lane = new DirectLaneSocket(pair.edge);
  pair.worker.write('an answer');
  await new Promise((resolve) => pair.worker.destroy().once('close', resolve));
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
  other.worker.on('data', () => {
    throw new Error('it went elsewhere');
  });
  equal(lane.write(Buffer.from('x')), true);
  other.edge.end();
  other.worker.resume();
  await once(other.worker, 'end');
});

test('DirectLaneSocket stops and starts reading', async () => {
  await using pair = await openPair();
  const lane = new DirectLaneSocket(pair.edge);
  lane.resume();
  equal(pair.edge.isPaused(), false);
  lane.pause();
  equal(pair.edge.isPaused(), true);
});
