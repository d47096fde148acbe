import { deepEqual, equal } from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, Socket } from 'node:net';
import { test } from 'node:test';
import { forgetReading, readDirectly } from './direct-reading.ts';

interface Pair extends AsyncDisposable {
  readonly ours: Socket;
  readonly theirs: Socket;
}

/** `ours` reads into the buffer; Node's own way tells `byStream` of it. */
async function connected(buffer: Buffer, byStream: (length: number) => void): Promise<Pair> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const ours = new Socket({
    allowHalfOpen: true,
    onread: {
      buffer,
      callback: (length) => {
        byStream(length);
        return true;
      },
    },
  });
  ours.connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [[theirs]] = (await Promise.all([once(server, 'connection'), once(ours, 'connect')])) as [[Socket], unknown];
  return {
    ours,
    theirs,
    [Symbol.asyncDispose]: async () => {
      ours.destroy();
      theirs.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

test('bytes go to whoever takes them, into the buffer that is wanted next, and past the stream', async () => {
  const [first, second] = [Buffer.alloc(4), Buffer.alloc(100)];
  const byStream: number[] = [];
  await using pair = await connected(first, (length) => byStream.push(length));
  const taken: string[] = [];
  let buffer = first;
  readDirectly(pair.ours, (length) => {
    taken.push(buffer.toString('latin1', 0, length));
    buffer = second;
    return second;
  });
  pair.theirs.write('abcdefgh');
  while (taken.join('').length < 8) await new Promise(setImmediate);
  deepEqual([taken, byStream], [['abcd', 'efgh'], []]);
});

test('the end and a reset are told by the stream', async () => {
  for (const isReset of [false, true]) {
    await using pair = await connected(Buffer.alloc(10), () => undefined);
    const taken: number[] = [];
    readDirectly(pair.ours, (length) => {
      taken.push(length);
      return undefined;
    });
    const told = new Promise((resolve) => pair.ours.once(isReset ? 'close' : 'end', resolve));
    pair.ours.on('error', () => undefined).resume();
    if (isReset) pair.theirs.resetAndDestroy();
    else pair.theirs.end('last');
    await told;
    deepEqual(taken, isReset ? [] : [4]);
  }
});

test('nothing is taken of a connection that is closed, and its handle leads to nobody', async () => {
  await using pair = await connected(Buffer.alloc(10), () => undefined);
  const { _handle: handle } = pair.ours as unknown as { readonly _handle: object };
  readDirectly(pair.ours, () => undefined);
  const [reading] = Object.getOwnPropertySymbols(handle).filter(({ description }) => description === 'Reading');
  forgetReading(handle);
  equal((handle as Record<symbol, unknown>)[reading!], undefined);
  forgetReading({});
});
