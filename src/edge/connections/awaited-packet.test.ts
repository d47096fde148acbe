import assert from 'node:assert/strict';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { renderUwsgiPacket } from '../../protocol/uwsgi/render-packet.ts';
import { openPair } from '../../relay/sockets/fake-connection.ts';
import { AwaitedPacket } from './awaited-packet.ts';
import type { ConnectionTable, TrackedConnection } from './connection-table.ts';

interface Watched {
  readonly awaited: AwaitedPacket;
  readonly told: string[];
  /** What the access log shows of what was refused. */
  readonly lines: string[];
  /** What the client gets until its connection is closed. */
  readonly answer: () => Promise<string>;
  readonly table: Set<TrackedConnection>;
  readonly closed: Promise<unknown>;
  readonly end: () => void;
}

/** A connection with a table that only remembers, at a time of 1000. */
async function withAwaited(act: (watched: Watched) => unknown): Promise<void> {
  await using pair = await openPair();
  const told: string[] = [];
  const lines: string[] = [];
  const table = new Set<TrackedConnection>();
  const fake = {
    nowMs: 1000,
    add: (connection: TrackedConnection) => table.add(connection),
    remove: (connection: TrackedConnection) => table.delete(connection),
  } as unknown as ConnectionTable;
  const awaited = new AwaitedPacket(
    pair.edge,
    { address: '10.0.0.1', port: '1' },
    {
      table: fake,
      withinMs: 500,
      packetBytesMax: 61_000,
      services: undefined,
      onBug: (what, error) => told.push(`${what}: ${String(error)}`),
      onFault: ({ code, status }, line) => {
        told.push(`${status} ${code}`);
        lines.push(line);
      },
      onRequest: ({ head }, rest) => {
        told.push(`${head.split('\r\n', 1).join('')} ${rest.latin1Slice()}`);
        return false;
      },
    },
  );
  await act({
    awaited,
    told,
    lines,
    answer: () => text(pair.peer),
    table,
    closed: once(pair.edge, 'close'),
    end: () => pair.edge.emit('end'),
  });
}

const VARIABLES = [
  { name: 'REQUEST_METHOD', value: 'GET' },
  { name: 'REQUEST_URI', value: '/x' },
];

function packetOf(long = 0): string {
  const packet = renderUwsgiPacket([...VARIABLES, { name: 'A', value: 'a'.repeat(long) }], {
    ...{ modifier1: 0, modifier2: 0, tail: '' },
  });
  assert.ok(Buffer.isBuffer(packet));
  return packet.latin1Slice();
}

/** As connections are read: into a buffer that is longer, and used again. */
function feed(awaited: AwaitedPacket, text: string): boolean {
  const buffer = Buffer.alloc(70_000, '!');
  const wantsMore = awaited.onBytes(buffer, buffer.latin1Write(text));
  buffer.fill('?');
  return wantsMore;
}

test('a packet is handed on with what follows it, however it is cut, and the connection is in the table until then', async () => {
  for (const [size, long] of [
    [1, 0],
    [3, 100],
    [7, 5000],
    [4, 60_000],
    [70_000, 0],
  ] as const) {
    await withAwaited(({ awaited, told, table }) => {
      const packet = packetOf(long);
      const text = `${packet}body`;
      let at = 0;
      let wantsMore = true;
      for (; table.has(awaited); at += size) {
        assert.ok(wantsMore);
        wantsMore = feed(awaited, text.slice(at, at + size));
      }
      assert.equal(wantsMore, false, 'what its next owner says');
      assert.deepEqual(told, [`GET /x HTTP/1.0 ${text.slice(packet.length, at)}`]);
    });
  }
});

test('what is no packet is refused as soon as that is known', async () => {
  for (const [sent, expected] of [
    ['GET ', '400 uwsgi.bad-modifier'],
    ['\x05\xff\xff\0', '400 uwsgi.bad-modifier'],
    ['\0\x03\0\0\x09\0A', '400 uwsgi.bad-packet'],
    ['\0\0\0\0', '400 uwsgi.bad-method'],
    ['\0\xff\xff\0', '431 uwsgi.packet-too-large'],
  ] as const) {
    await withAwaited(({ awaited, told, table }) => {
      assert.equal(feed(awaited, sent), true);
      assert.deepEqual([told, table.size], [[expected], 0]);
    });
  }
});

test('the log is told of a refused packet what can be read of it', async () => {
  await withAwaited(({ awaited, lines }) => {
    feed(awaited, '\x05\x10\0\0');
    assert.deepEqual(lines, ['uwsgi: modifier1 5, a packet of 16 bytes']);
  });
});

test('a ping is answered as one of uWSGI is, and the client closes the connection', async () => {
  await withAwaited(async ({ awaited, told, table, answer, end }) => {
    feed(awaited, 'd\0');
    assert.equal(feed(awaited, '\0\0'), true);
    assert.equal(feed(awaited, 'more'), true);
    assert.equal(table.size, 1);
    end();
    assert.equal(await answer(), 'd\0\0\x01');
    assert.deepEqual(told, []);
  });
});

test('a packet that ends early, or does not come in its time, is answered; a connection that says nothing is not', async () => {
  await withAwaited(({ awaited, told, end }) => {
    feed(awaited, packetOf().slice(0, 9));
    end();
    assert.deepEqual(told, ['400 uwsgi.packet-cut']);
  });
  await withAwaited(({ awaited, told }) => {
    feed(awaited, '\0');
    awaited.onTick(1499);
    assert.deepEqual(told, []);
    awaited.onTick(1500);
    assert.deepEqual(told, ['408 http1.head-timeout']);
  });
  for (const leave of ['end', 'late'] as const) {
    await withAwaited(async ({ awaited, told, table, closed, end }) => {
      if (leave === 'end') {
        end();
      } else {
        awaited.onTick(1500);
      }
      await closed;
      assert.deepEqual([told, table.size], [[], 0]);
    });
  }
});

test('an edge that stops does not wait for connections that have said nothing', async () => {
  await withAwaited(async ({ awaited, told, table, closed }) => {
    awaited.closeIfIdle();
    await closed;
    assert.deepEqual([told, table.size], [[], 0]);
  });
});
