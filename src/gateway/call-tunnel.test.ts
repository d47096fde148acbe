import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { NO_FIELDS } from '../protocol/http/response-fields.ts';
import { REQUEST_FLAG } from '../protocol/lanes/frames.ts';
import { FakeExchange } from '../relay/fake-exchange.ts';
import type { Call } from './call.ts';
import type { CallTunnel, TunnelSocket } from './call-tunnel.ts';
import { GATEWAY_LIMITS } from './limits.ts';
import { FakeLaneOwner } from './serial/fake-lane-owner.ts';
import { newSerialCall } from './serial/serial-request.ts';

/** The worker's connection, made up: what was asked of the connection, and what it holds unread. */
class FakeTunnelSocket implements TunnelSocket {
  readonly told: string[] = [];
  unread = '';
  takesBytes = true;

  write(bytes: Buffer): boolean {
    this.told.push(`write ${String(bytes)}`);
    return this.takesBytes;
  }

  pause(): void {
    this.told.push('pause');
  }

  resume(): void {
    this.told.push('resume');
  }

  readNow(): Buffer | undefined {
    const bytes = this.unread === '' ? undefined : Buffer.from(this.unread);
    this.unread = '';
    return bytes;
  }

  end(): void {
    this.told.push('end');
  }

  destroySoon(withinMs: number): void {
    this.told.push(`destroy within ${withinMs}`);
  }

  destroy(): void {
    this.told.push('destroy');
  }
}

const HEAD = { status: 200, reason: undefined, fields: NO_FIELDS, length: -1, namedFile: undefined };
const SWITCHING = 'HTTP/1.1 101 Switching\r\n\r\n';

class Story {
  readonly exchange = new FakeExchange('ws');
  readonly owner = new FakeLaneOwner();
  readonly call: Call = newSerialCall(this.exchange, this.owner.services, this.owner);
  readonly socket = new FakeTunnelSocket();
  readonly tunnel: CallTunnel;

  constructor() {
    this.call.requestFlags = REQUEST_FLAG.tunnel;
    const tunnel = this.call.offerTunnel(this.socket);
    if (tunnel === undefined) {
      throw new Error('it was not taken');
    }
    this.tunnel = tunnel;
  }

  switch(text = SWITCHING): this {
    this.tunnel.onWorkerBytes(Buffer.from(text));
    return this;
  }
}

test('CallTunnel gives the connection to the application with the first byte that it writes', () => {
  const { exchange, tunnel, call } = new Story().switch(`${SWITCHING}a`);
  deepEqual(exchange.told, ['switch 101', `raw ${SWITCHING}a`]);
  equal(call.isTunnelled, true);
  exchange.tunnel?.onBytes(Buffer.from('b'));
  tunnel.onWorkerBytes(Buffer.from('c'));
  deepEqual(exchange.told.slice(2), ['raw c']);
});

test('CallTunnel tells the access log what the application has said', () => {
  for (const [text, status] of [
    ['HTTP/1.1 403 No\r\n\r\n', 403],
    ['HTTP/1.1 101', 101],
    ['HTTP/1.1 999 \r\n', 101],
    ['\0', 101],
  ] as const) {
    equal(new Story().switch(text).exchange.told[0], `switch ${status}`);
  }
});

for (const [what, answer] of [
  ['a whole response', (call: Call) => call.reply.onWhole(HEAD, Buffer.from('no'), 0, 2)],
  ['a response in pieces', (call: Call) => call.reply.onHead(HEAD, Buffer.from('no'), 0, 2)],
  ['a failure', (call: Call) => call.fail(500)],
  ['the death of its worker', (call: Call) => call.lose({ name: 'w1', pid: 1 })],
] as const) {
  test(`Call passes over ${what} when the application has answered by its socket, also if that was not read yet`, () => {
    const read = new Story().switch();
    answer(read.call);
    const unread = new Story();
    unread.socket.unread = SWITCHING;
    answer(unread.call);
    for (const { exchange, socket } of [read, unread]) {
      deepEqual(exchange.told, ['switch 101', `raw ${SWITCHING}`], what);
      deepEqual(socket.told, []);
    }
  });

  test(`Call drops the socket with ${what} when the application has not used it`, () => {
    const { call, exchange, socket } = new Story();
    answer(call);
    equal(exchange.told[0]?.startsWith('switch'), false);
    if (!call.isOver) {
      call.reply.onEnd();
    }
    deepEqual(socket.told, ['destroy']);
  });
}

test('CallTunnel makes each side wait for the other', () => {
  const { exchange, socket, tunnel } = new Story().switch();
  exchange.takesBytes = false;
  tunnel.onWorkerBytes(Buffer.from('much'));
  deepEqual(socket.told, ['pause']);
  exchange.tunnel?.onDrain();
  deepEqual(socket.told, ['pause', 'resume']);
  socket.takesBytes = false;
  equal(exchange.tunnel?.onBytes(Buffer.from('much')), false);
  tunnel.onWorkerDrain();
  equal(exchange.told.at(-1), 'resume');
});

test('CallTunnel tells each side of the end of the other', () => {
  const left = new Story().switch();
  left.exchange.tunnel?.onEnd();
  left.exchange.tunnel?.onGone();
  deepEqual(left.socket.told, ['end', `destroy within ${GATEWAY_LIMITS.tunnelGoneMs}`]);
  const closed = new Story().switch();
  closed.tunnel.onWorkerEnd();
  equal(closed.exchange.told.at(-1), 'end');
  const unused = new Story();
  unused.tunnel.onWorkerEnd();
  deepEqual(unused.exchange.told, []);
});

test('Call takes no tunnel that nobody asked for, twice, or too late', () => {
  const { call, exchange } = new Story();
  equal(call.offerTunnel(new FakeTunnelSocket()), undefined);
  const owner = new FakeLaneOwner();
  const plain = newSerialCall(exchange, owner.services, owner);
  equal(plain.offerTunnel(new FakeTunnelSocket()), undefined);
  plain.requestFlags = REQUEST_FLAG.tunnel;
  plain.onGone();
  equal(plain.offerTunnel(new FakeTunnelSocket()), undefined);
});

test('Call tells of an application that has ended without a word, as if it had used the socket', () => {
  const { call, exchange, owner } = new Story();
  call.fail(500, '');
  equal(exchange.told[0]?.startsWith('refuse 500'), true);
  deepEqual(owner.told, [
    'log request ws GET /ws: the application has ended without an answer, and has not used its socket',
  ]);
});

test('Call tells the application of the end only when it has taken the connection over', () => {
  const unused = new Story();
  unused.call.endTunnel();
  const used = new Story().switch();
  used.call.endTunnel();
  deepEqual([unused.socket.told, used.socket.told], [[], ['end']]);
});
