import { deepEqual, equal, ok } from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { test } from 'node:test';
import { DirectWriter } from './direct-writer.ts';

interface Pair extends AsyncDisposable {
  readonly ours: Socket;
  readonly theirs: Socket;
}

/** The other side reads nothing before it is told to. */
async function connected(): Promise<Pair> {
  const server = createServer({ pauseOnConnect: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const ours = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [[theirs]] = (await Promise.all([once(server, 'connection'), once(ours, 'connect')])) as [[Socket], unknown];
  for (const socket of [ours, theirs]) socket.on('error', () => undefined);
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

test('bytes that nobody changes leave at once, and the ones behind them wait for those that do not', async () => {
  await using pair = await connected();
  const { ours, theirs } = pair;
  const writer = new DirectWriter(ours);
  equal(writer.writeLasting(Buffer.from('a')), 1);
  deepEqual([writer.pendingBytes, writer.isReady], [0, true]);
  const piece = Buffer.alloc(1_000_000, 'b');
  let pieces = 0;
  while (writer.isReady) {
    equal(writer.writeLasting(piece), piece.length);
    pieces += 1;
    ok(pieces < 100);
  }
  equal(writer.pendingBytes, piece.length);
  const written = new Promise((resolve) => ours.write('c', resolve));
  let received = '';
  theirs.setEncoding('latin1').on('data', (text: string) => (received += text));
  theirs.resume();
  await written;
  deepEqual([writer.pendingBytes, writer.isReady], [0, true]);
  equal(writer.writeLasting(Buffer.from('d')), 1);
  ours.end();
  await once(theirs, 'end');
  equal(received.length, pieces * piece.length + 3);
  ok(received.startsWith('ab') && received.endsWith('bcd'));
});

test('a peer that takes nothing any more is told of, and a connection that ends with something pending is closed', async () => {
  await using first = await connected();
  const writer = new DirectWriter(first.ours);
  first.ours.pause();
  first.theirs.resetAndDestroy();
  await new Promise((resolve) => first.theirs.once('close', resolve));
  while (!writer.isBroken) {
    equal(writer.writeLasting(Buffer.from('x')), 1);
    await new Promise(setImmediate);
  }
  await using second = await connected();
  const other = new DirectWriter(second.ours);
  while (other.isReady) other.writeLasting(Buffer.alloc(1_000_000));
  const closed = new Promise((resolve) => second.ours.once('close', resolve));
  second.theirs.resetAndDestroy();
  await closed;
  equal(other.pendingBytes, 0);
});
