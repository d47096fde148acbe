// What an upstream says, and what the client of the exchange is told of it.

import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { fieldsOf, NO_FIELDS } from '../protocol/http/response-fields.ts';
import type { FakeRequest } from './fake-exchange.ts';
import { FakeExchange } from './fake-exchange.ts';
import type { Reply, ReplyHead } from './reply.ts';
import type { ResponseFlow } from './response-flow.ts';
import { ResponseRelay } from './response-relay.ts';

const HINTS = fieldsOf('Link: </a.css>\r\n');

function headOf(length = -1, status = 200): ReplyHead {
  return { status, reason: undefined, fields: NO_FIELDS, length };
}

interface Scene {
  readonly relay: ResponseRelay;
  readonly exchange: FakeExchange;
  /** What the owner of the response was told, and what its flow was. */
  readonly told: string[];
}

/** `isBehind`: the client has not caught up when the upstream ends. */
function open(request: FakeRequest = {}, isBehind = false): Scene {
  const told: string[] = [];
  const exchange = new FakeExchange('a', request);
  const flow: ResponseFlow = {
    write: ({ buffer, start, length }) => {
      exchange.responder.write(buffer.subarray(start, start + length));
    },
    charge: (bytes, hasRoom) => told.push(`charge ${bytes} ${hasRoom}`),
    end: () => !isBehind,
    letGo: () => told.push('let go'),
    onDrain: () => told.push('drain'),
    close: () => told.push('close'),
  };
  const relay = new ResponseRelay(exchange, {
    newFlow: () => flow,
    onOver: () => told.push('over'),
    onUpstreamDone: () => told.push('done'),
    onShort: () => told.push('short'),
  });
  return { relay, exchange, told };
}

function data(relay: Reply, text: string): void {
  const bytes = Buffer.from(`__${text}__`);
  relay.onData(bytes, 2, bytes.length - 2, false);
}

function begin(relay: Reply, text: string, head: ReplyHead): void {
  const bytes = Buffer.from(text);
  relay.onHead(head, bytes, 0, bytes.length);
}

test('ResponseRelay passes on a response as it comes', () => {
  const { relay, exchange, told } = open();
  begin(relay, 'one', headOf());
  data(relay, 'two');
  relay.onEnd();
  deepEqual(exchange.told, ['begin 200 undefined', 'write one', 'write two', 'end']);
  deepEqual(told, ['let go', 'over']);
});

test('ResponseRelay sends not a byte more than was declared', () => {
  const { relay, exchange } = open();
  begin(relay, 'on', headOf(3));
  data(relay, 'etwo');
  data(relay, 'three');
  equal(relay.isWhole, true);
  relay.onEnd();
  deepEqual(exchange.told, ['begin 200 3', 'write on', 'write e', 'end']);
});

test('ResponseRelay cuts a response that ends before its declared length, and says so', () => {
  const { relay, exchange, told } = open();
  begin(relay, 'on', headOf(3));
  relay.onEnd();
  deepEqual(exchange.told, ['begin 200 3', 'write on', 'cut']);
  deepEqual(told, ['short', 'let go', 'over', 'close']);
});

test('ResponseRelay answers 502 in the place of an end without a response', () => {
  const { relay, exchange } = open();
  relay.onEnd();
  equal(exchange.told[0]?.startsWith('refuse 502'), true);
});

test('ResponseRelay takes a whole response that contradicts its length for one in pieces', () => {
  const { relay, exchange } = open();
  relay.onWhole(headOf(9), Buffer.from('four'), 0, 4);
  deepEqual(exchange.told, ['begin 200 9', 'write four', 'cut']);
});

for (const [what, request, head] of [
  ['to HEAD', { method: 'HEAD' }, headOf(3)],
  ['whose status forbids it', {}, headOf(-1, 204)],
] as const) {
  test(`ResponseRelay drops the body of a response ${what}`, () => {
    const { relay, exchange } = open(request);
    begin(relay, 'one', head);
    data(relay, 'two');
    relay.onEnd();
    equal(
      exchange.told.some((words) => words.startsWith('write')),
      false,
    );
    equal(exchange.told.at(-1), 'end');
  });
}

test('ResponseRelay answers a fault with its status as long as nothing was sent, and cuts what was', () => {
  const early = open();
  early.relay.onFault(504);
  equal(early.exchange.told[0]?.startsWith('refuse 504'), true);
  const late = open();
  begin(late.relay, 'one', headOf());
  late.relay.onFault(504);
  equal(late.exchange.told.at(-1), 'cut');
});

test('ResponseRelay ends a response whose last byte has come, though its upstream fails', () => {
  const { relay, exchange } = open();
  begin(relay, 'one', headOf(3));
  relay.onFault(500);
  deepEqual(exchange.told, ['begin 200 3', 'write one', 'end']);
});

test('ResponseRelay lets the upstream go while the flow feeds a client that is behind', () => {
  const { relay, exchange, told } = open({}, true);
  begin(relay, 'one', headOf());
  relay.onEnd();
  deepEqual([relay.isUpstreamDone, relay.isOver], [true, false]);
  deepEqual(told, ['let go', 'done']);
  relay.onDrain();
  relay.close();
  deepEqual(told.slice(2), ['drain', 'let go', 'over', 'close']);
  deepEqual(exchange.told, ['begin 200 undefined', 'write one']);
});

test('ResponseRelay passes on hints before the head, and trailers behind it', () => {
  const { relay, exchange, told } = open();
  relay.onTrailers(HINTS);
  relay.onHints(HINTS, 20);
  begin(relay, 'one', headOf());
  relay.onHints(HINTS, 20);
  relay.onTrailers(HINTS);
  deepEqual(told, ['charge 20 true']);
  deepEqual(
    exchange.told.map((words) => words.split(' ')[0]),
    ['hint', 'begin', 'write', 'trail'],
  );
});

test('ResponseRelay passes over what comes when nobody waits any more, and closes files', () => {
  const { relay, exchange } = open();
  let isClosed = false;
  begin(relay, 'one', headOf());
  relay.close();
  data(relay, 'two');
  relay.onFile({ kind: 'file', fd: -1, offset: 0, length: 5 }, () => {
    isClosed = true;
  });
  relay.onEnd();
  relay.onFault(500);
  equal(isClosed, true);
  deepEqual(exchange.told, ['begin 200 undefined', 'write one']);
});
