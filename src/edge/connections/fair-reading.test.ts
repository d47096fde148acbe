import { deepEqual } from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { test } from 'node:test';
import { listenWithBuffer } from '../../relay/sockets/node-internals.ts';
import { ReadBuffers, readFairly } from './fair-reading.ts';

const READ_BYTES = 4096;

/** How many reads of what one client sends follow each other in a turn of the event loop, by turn. */
async function readsByTurn(tookMs: number): Promise<number[]> {
  const buffers = new ReadBuffers(READ_BYTES, READ_BYTES);
  const turns: number[] = [];
  let bytes = 0;
  let nowMs = 0;
  let turn = 0;
  const onSocket = (socket: Socket) => {
    const clock = (): number => {
      nowMs += tookMs / 2;
      return nowMs;
    };
    return readFairly(socket, buffers, clock, (_, length) => {
      bytes += length;
      turns[turn] = (turns[turn] ?? 0) + 1;
      return true;
    });
  };
  const path = `\0portico-fair-${process.pid}-${tookMs}`;
  const server = listenWithBuffer({ path }, buffers.usual, onSocket, (error) => {
    throw error;
  });
  const timer = setInterval(() => undefined, 1000);
  const client = connect({ path });
  await once(client, 'connect');
  client.write(Buffer.alloc(16 * READ_BYTES));
  while (bytes < 16 * READ_BYTES) {
    turn += 1;
    await new Promise(setImmediate);
  }
  clearInterval(timer);
  client.destroy();
  server.close();
  return turns.filter((reads) => reads > 0);
}

test('a connection whose reads take long is read once in a turn, another as far as it goes', async () => {
  deepEqual(await readsByTurn(10), Array(16).fill(1));
  deepEqual(Math.max(...(await readsByTurn(0))) > 1, true);
});

test('a connection is read into the large buffer as long as it fills the usual one, quickly, and more is wanted', async () => {
  for (const [tookMs, wantsMore] of [
    [0, true],
    [10, true],
    [0, false],
  ] as const) {
    const buffers = new ReadBuffers(READ_BYTES, 4 * READ_BYTES);
    const read: Buffer[] = [];
    let left = 0;
    let sawLarge = false;
    let nowMs = 0;
    const onSocket = (socket: Socket) =>
      readFairly(
        socket,
        buffers,
        () => {
          nowMs += tookMs;
          return nowMs;
        },
        (buffer, length) => {
          sawLarge ||= buffer === buffers.large;
          read.push(Buffer.from(buffer.subarray(0, length)));
          left -= length;
          return wantsMore;
        },
      );
    const path = `\0portico-large-${process.pid}-${tookMs}-${wantsMore}`;
    const server = listenWithBuffer({ path }, buffers.usual, onSocket, (error) => {
      throw error;
    });
    const client = connect({ path });
    await once(client, 'connect');
    const sent = [20 * READ_BYTES, 10, 5 * READ_BYTES + 3, 1].map((size, index) => Buffer.alloc(size, index + 1));
    for (const bytes of sent) {
      left += bytes.length;
      client.write(bytes);
      while (left > 0) await new Promise(setImmediate);
    }
    deepEqual(Buffer.concat(read), Buffer.concat(sent));
    deepEqual(sawLarge, tookMs === 0 && wantsMore);
    deepEqual(
      read.some(({ length }) => length > READ_BYTES),
      tookMs === 0 && wantsMore,
    );
    client.destroy();
    server.close();
  }
});
