import { deepEqual, equal } from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { createServer } from 'node:net';
import { test } from 'node:test';
import type { NameLine } from './name-line.ts';
import { openNameLine } from './name-line.ts';

interface Heard {
  readonly line: NameLine;
  readonly messages: string[];
  readonly lost: (string | undefined)[];
  readonly next: () => Promise<void>;
}

function codeOf(error: NodeJS.ErrnoException | undefined): string | undefined {
  return error?.code;
}

function open(port: number, isTcp: boolean): Heard {
  const messages: string[] = [];
  const lost: (string | undefined)[] = [];
  let { promise, resolve } = Promise.withResolvers<void>();
  const note = () => {
    resolve();
    ({ promise, resolve } = Promise.withResolvers<void>());
  };
  const line = openNameLine({ host: '127.0.0.1', port, name: `127.0.0.1:${port}` }, isTcp, {
    onMessage: (message) => {
      messages.push(message.toString());
      note();
    },
    onLost: (error) => {
      lost.push(codeOf(error));
      note();
    },
  });
  return { line, messages, lost, next: () => promise };
}

test('a datagram is heard from the address that was asked, and from no other', async () => {
  const server = createSocket('udp4');
  const stranger = createSocket('udp4');
  server.bind(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  const [first, second] = [open(port, false), open(port, false)];
  try {
    const ports = new Set<number>();
    server.on('message', (message, from) => {
      ports.add(from.port);
      stranger.send('wrong', from.port, from.address, () =>
        server.send(`to ${message.toString()}`, from.port, from.address),
      );
    });
    for (const { line, next } of [first, second]) {
      line.send(Buffer.from('one'));
      await next();
    }
    first.line.send(Buffer.from('two'));
    await first.next();
    deepEqual([first.messages, second.messages, ports.size], [['to one', 'to two'], ['to one'], 2]);
  } finally {
    first.line.close();
    second.line.close();
    second.line.close();
    second.line.send(Buffer.from('after'));
    server.close();
    stranger.close();
  }
});

test('a port where nobody listens is told', async () => {
  const closed = createSocket('udp4');
  closed.bind(0, '127.0.0.1');
  await once(closed, 'listening');
  const { port } = closed.address();
  closed.close();
  await once(closed, 'close');
  const holder = createServer().listen(0);
  try {
    for (const isTcp of [false, true]) {
      const { line, next, lost } = open(port, isTcp);
      line.send(Buffer.from('question'));
      await next();
      deepEqual(lost, ['ECONNREFUSED']);
    }
  } finally {
    holder.close();
  }
});

test('over TCP a message has its length before it, in whatever pieces it comes', async () => {
  const { promise: accepted, resolve } = Promise.withResolvers<Socket>();
  const server = createServer({ noDelay: true }, resolve).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { line, next, messages, lost } = open((server.address() as AddressInfo).port, true);
  try {
    line.send(Buffer.from('question'));
    const socket = await accepted;
    const [asked] = (await once(socket, 'data')) as [Buffer];
    equal(asked.toString('latin1'), '\0\x08question');
    for (const byte of Buffer.from('\0\x06answer and more', 'latin1')) {
      socket.write(Buffer.from([byte]));
    }
    await next();
    deepEqual([messages, lost], [['answer'], []]);
  } finally {
    line.close();
    server.close();
  }
});

test('a connection that is closed before the message is whole is told', async () => {
  const server = createServer((socket) => void socket.end('\0\x06answe')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { line, next, messages, lost } = open((server.address() as AddressInfo).port, true);
  try {
    await next();
    deepEqual([messages, lost], [[], [undefined]]);
  } finally {
    line.close();
    server.close();
  }
});
