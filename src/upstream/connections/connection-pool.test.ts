import { deepEqual, equal, notEqual } from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { createServer } from 'node:net';
import { test } from 'node:test';
import type { UpstreamKeepAlive } from '../../config/model/upstream.ts';
import { FakeClock } from '../../kernel/fake-clock.ts';
import type { Peer } from '../peer-choice.ts';
import { ConnectionPool } from './connection-pool.ts';
import { PLAIN_WAY } from './dial.ts';
import { UpstreamConnection } from './upstream-connection.ts';

const RULES: UpstreamKeepAlive = { connectionsMax: 2, requestsMax: 100, timeMs: 3_600_000, timeoutMs: 60_000 };

interface Bed extends AsyncDisposable {
  readonly clock: FakeClock;
  /** The server's ends, in the order of their coming. */
  readonly accepted: Socket[];
  open(): Promise<UpstreamConnection>;
  newPool(rules?: Partial<UpstreamKeepAlive>): ConnectionPool;
}

async function newBed(): Promise<Bed> {
  const accepted: Socket[] = [];
  const server = createServer((socket) => accepted.push(socket.on('error', () => undefined)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const peer: Peer = { name: `127.0.0.1:${port}`, address: { host: '127.0.0.1', port }, host: '127.0.0.1' };
  const clock = new FakeClock();
  const onBug = (error: unknown): void => {
    throw error;
  };
  return {
    clock,
    accepted,
    open: async () => {
      const connection = new UpstreamConnection(peer, PLAIN_WAY, { clock, onBug });
      const came = once(server, 'connection');
      await new Promise<void>((resolve, reject) => {
        connection.user = {
          onConnected: resolve,
          onLost: reject,
          onRead: () => undefined,
          onServerEnd: () => undefined,
          onTaken: () => undefined,
          onTimeout: () => undefined,
        };
      });
      await came;
      connection.requests += 1;
      return connection;
    },
    newPool: (rules = {}) => new ConnectionPool({ ...RULES, ...rules }, clock),
    [Symbol.asyncDispose]: async () => {
      for (const socket of accepted) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

test('the connection that was used last is taken first, and one of another peer is not taken', async () => {
  await using bed = await newBed();
  const pool = bed.newPool();
  const [first, second] = [await bed.open(), await bed.open()];
  pool.keep(first);
  pool.keep(second);
  equal(pool.take({ ...first.peer, name: 'other' }, PLAIN_WAY), undefined);
  equal(pool.take(first.peer, { ...PLAIN_WAY, key: 'tls' }), undefined);
  deepEqual([pool.take(first.peer, PLAIN_WAY), pool.take(first.peer, PLAIN_WAY)], [second, first]);
  equal(pool.take(first.peer, PLAIN_WAY), undefined);
  for (const connection of [first, second]) connection.destroy();
});

test('the one that has waited longest gives its place to another', async () => {
  await using bed = await newBed();
  const pool = bed.newPool();
  const all = [await bed.open(), await bed.open(), await bed.open()];
  for (const connection of all) pool.keep(connection);
  deepEqual(
    all.map(({ isDestroyed }) => isDestroyed),
    [true, false, false],
  );
  equal(pool.size, 2);
  pool.close();
  equal(pool.size, 0);
  equal(
    all.every(({ isDestroyed }) => isDestroyed),
    true,
  );
});

test('a connection on which the server says something unasked, or which it closes, is thrown away', async () => {
  await using bed = await newBed();
  const pool = bed.newPool();
  const [talks, ends] = [await bed.open(), await bed.open()];
  pool.keep(talks);
  pool.keep(ends);
  bed.accepted[0]?.write('HTTP/1.1 200 OK\r\n\r\n');
  bed.accepted[1]?.end();
  await Promise.all(bed.accepted.map((socket) => once(socket, 'close')));
  equal(pool.size, 0);
  equal(pool.take(talks.peer, PLAIN_WAY), undefined);
});

test('a connection that was paused for a slow client is read again when it is kept', { timeout: 10_000 }, async () => {
  await using bed = await newBed();
  const pool = bed.newPool();
  const connection = await bed.open();
  connection.pause();
  pool.keep(connection);
  bed.accepted[0]?.write('unasked');
  await once(bed.accepted[0]!, 'close');
  equal(pool.size, 0);
});

test('a connection that is used up, or that no rules keep, is closed', async () => {
  await using bed = await newBed();
  const connections = [await bed.open(), await bed.open(), await bed.open(), await bed.open()];
  bed.clock.advance(5000);
  const pools = [
    bed.newPool({ requestsMax: 1 }),
    bed.newPool({ timeMs: 4999 }),
    bed.newPool({ connectionsMax: 0 }),
    new ConnectionPool(undefined, bed.clock),
  ];
  for (const [index, pool] of pools.entries()) pool.keep(connections[index]!);
  deepEqual(
    connections.map(({ isDestroyed }) => isDestroyed),
    [true, true, true, true],
  );
  notEqual(pools[0]?.size, 1);
});

test('the group is told how many connections wait', async () => {
  await using bed = await newBed();
  let idle = 0;
  const pool = new ConnectionPool(RULES, bed.clock, {
    countIdle: (change) => {
      idle += change;
    },
  });
  for (let count = 0; count < 3; count += 1) {
    pool.keep(await bed.open());
  }
  equal(idle, 2, 'the oldest was closed');
  const [one] = await Promise.all([bed.open()]);
  pool.take(one.peer, PLAIN_WAY)?.destroy();
  equal(idle, 1);
  one.destroy();
  pool.close();
  equal(idle, 0);
});
