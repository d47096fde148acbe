import { deepEqual, equal } from 'node:assert/strict';
import type { Socket } from 'node:dgram';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { test } from 'node:test';
import type { CompiledStream, DatagramClient } from './compiled-stream.ts';
import type { DatagramDoorParts } from './datagram-door.ts';
import { DatagramDoor } from './datagram-door.ts';

/** A door whose sessions note what they are told, and end when they hear `end`. */
async function openDoor(limits: Required<DatagramDoorParts>['limits']) {
  const holder = createSocket('udp4').bind(0, '127.0.0.1');
  await once(holder, 'listening');
  const { port } = holder.address();
  holder.close();
  await once(holder, 'close');
  const told: string[] = [];
  let wake = (): void => undefined;
  const note = (text: string): void => {
    told.push(text);
    wake();
  };
  const stream = {
    newDatagramSession: (visitor: DatagramClient, client: { readonly port: string }) => {
      const end = (how: string): void => {
        note(`${names.get(client.port)} ${how}`);
        visitor.destroy();
      };
      const take = (datagram: Buffer): void => {
        note(`${names.get(client.port)} ${datagram.toString()}`);
        if (datagram.toString() === 'end') end('has ended');
      };
      return { startDatagrams: take, take, disconnect: () => end('is cut'), giveWay: () => end('gives way') };
    },
  };
  const total = { count: 0 };
  const parts = {
    ...{ fd: undefined, address: '127.0.0.1', port, services: {}, stream: () => stream as unknown as CompiledStream },
    ...{
      table: { admits: () => true, connectionsMax: 8 },
      threads: 1,
      total,
      limits,
      bugs: { note: (_: string, error: unknown) => note(String(error)) },
    },
    overflow: { tell: (_: string, reason: string) => note(reason) },
  };
  const door = new DatagramDoor(parts as unknown as DatagramDoorParts);
  const names = new Map<string, string>();
  const clients: Socket[] = [];
  const visitor = async (name: string): Promise<(text: string, lines?: number) => Promise<void>> => {
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    await once(socket, 'listening');
    clients.push(socket);
    names.set(String(socket.address().port), name);
    return async (text, lines = 1) => {
      const wanted = told.length + lines;
      socket.send(text, port, '127.0.0.1');
      while (told.length < wanted) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    };
  };
  const close = (): void => {
    for (const socket of clients) socket.close();
  };
  return { door, total, told, visitor, close };
}

test('a client has one session until that is over, and all end with the socket', async () => {
  const { door, total, told, visitor, close } = await openDoor({
    datagramSessionsMax: 9,
    datagramSessionsPerSocketMax: 9,
  });
  const [a, b] = [await visitor('a'), await visitor('b')];
  await a('1');
  await b('1');
  await a('end', 2);
  equal(total.count, 1);
  await a('2');
  door.close();
  deepEqual(told, ['a 1', 'b 1', 'a end', 'a has ended', 'a 2', 'b is cut', 'a is cut']);
  deepEqual([total.count, door.listening], [0, false]);
  close();
});

test('of too many sessions the oldest gives way whose client has sent one datagram; one that has come back is kept', async () => {
  const { door, total, told, visitor, close } = await openDoor({
    datagramSessionsMax: 9,
    datagramSessionsPerSocketMax: 2,
  });
  const [a, b, c] = [await visitor('a'), await visitor('b'), await visitor('c')];
  await a('1');
  await a('2');
  await b('1');
  await c('1', 3);
  await c('2');
  equal(total.count, 2);
  await b('lost');
  deepEqual(told, [
    ...['a 1', 'a 2', 'b 1', 'an older session gives way, whose client has sent one datagram', 'b gives way'],
    ...['c 1', 'c 2', 'no other session gives way, for all of their clients have come back'],
  ]);
  door.close();
  close();
});

test('sessions of all sockets of a thread are bounded together, and leave connections to others', async () => {
  const { door, told, total, visitor, close } = await openDoor({
    datagramSessionsMax: 5,
    datagramSessionsPerSocketMax: 9,
  });
  // Those of other sockets.
  total.count = 5;
  const a = await visitor('a');
  await a('lost');
  deepEqual(told, ['no other session gives way, for all of their clients have come back']);
  door.close();
  close();
  // Three quarters of eight connections.
  const shared = await openDoor({ datagramSessionsMax: 9, datagramSessionsPerSocketMax: 9 });
  shared.total.count = 6;
  const b = await shared.visitor('b');
  await b('lost');
  equal(shared.told.length, 1);
  shared.total.count = 5;
  await b('1');
  equal(shared.told[1], 'b 1');
  shared.door.close();
  shared.close();
});
