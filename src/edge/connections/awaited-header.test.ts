import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import type { ProxyHeader } from '../../protocol/proxy-protocol/header.ts';
import { openPair } from '../../relay/sockets/fake-connection.ts';
import { AwaitedHeader } from './awaited-header.ts';
import type { ConnectionTable, TrackedConnection } from './connection-table.ts';

const LINE = 'PROXY TCP4 192.0.2.1 192.0.2.2 123 5678\r\n';

/** A connection with a table that only remembers, at a time of 1000. */
async function withAwaited(
  act: (awaited: AwaitedHeader, told: string[], table: Set<TrackedConnection>, closed: Promise<unknown>) => unknown,
  onHeader: (header: ProxyHeader, rest: string) => boolean = () => true,
): Promise<void> {
  await using pair = await openPair();
  const told: string[] = [];
  const table = new Set<TrackedConnection>();
  const fake = {
    nowMs: 1000,
    add: (connection: TrackedConnection) => table.add(connection),
    remove: (connection: TrackedConnection) => table.delete(connection),
  } as unknown as ConnectionTable;
  const awaited = new AwaitedHeader(
    pair.edge,
    { address: '10.0.0.1', port: '1' },
    {
      table: fake,
      withinMs: 500,
      services: undefined,
      tell: (reason) => told.push(reason),
      tellLate: () => told.push('late'),
      onBug: (what, error) => told.push(`${what}: ${String(error)}`),
      onHeader: (header, rest) => onHeader(header, rest.latin1Slice()),
    },
  );
  await act(awaited, told, table, once(pair.edge, 'close'));
}

function feed(awaited: AwaitedHeader, text: string): boolean {
  // As connections are read: into a buffer that is longer, and used again.
  const buffer = Buffer.alloc(200, '!');
  const length = buffer.latin1Write(text);
  const wantsMore = awaited.onBytes(buffer, length);
  buffer.fill('?');
  return wantsMore;
}

test('a header is handed on with what follows it, however it is cut, and the connection is in the table until then', async () => {
  for (const size of [1, 7, 200]) {
    const seen: string[] = [];
    await withAwaited(
      (awaited, told, table) => {
        const text = `${LINE}GET`;
        let at = 0;
        for (; table.has(awaited); at += size) {
          feed(awaited, text.slice(at, at + size));
        }
        assert.deepEqual(seen, [`192.0.2.1 ${text.slice(LINE.length, at)}`]);
        assert.deepEqual(told, []);
      },
      (header, rest) => {
        seen.push(`${header.source?.address} ${rest}`);
        return true;
      },
    );
  }
});

test('whether more bytes are wanted says whoever has the connection next', async () => {
  await withAwaited(
    (awaited) => assert.equal(feed(awaited, LINE), false),
    () => false,
  );
});

test('what is no header is told, escaped and cut, and ends the connection', async () => {
  await withAwaited(async (awaited, told, table, closed) => {
    feed(awaited, `GET /" HTTP/1.1\r\n${'x'.repeat(150)}`);
    await closed;
    const quoted = String.raw`GET /\x22 HTTP/1.1\x0D\x0A${'x'.repeat(107 - 17)}`;
    assert.deepEqual(told, [`broken header: "${quoted}"`]);
    assert.equal(table.size, 0);
  });
});

test('a header that does not come in its time ends the connection', async () => {
  await withAwaited(async (awaited, told, _, closed) => {
    feed(awaited, 'PROXY ');
    awaited.onTick(1499);
    assert.deepEqual(told, []);
    awaited.onTick(1500);
    await closed;
    assert.deepEqual(told, ['late']);
  });
});

test('an edge that stops does not wait for connections that have said nothing', async () => {
  await withAwaited(async (awaited, told, table, closed) => {
    awaited.closeIfIdle();
    await closed;
    assert.deepEqual([told, table.size], [[], 0]);
  });
});
