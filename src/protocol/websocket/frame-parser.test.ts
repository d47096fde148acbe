import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { clientClose, clientFrame } from './fake-client-frame.ts';
import type { FrameEvent, FrameParserOptions } from './frame-parser.ts';
import { FrameParser } from './frame-parser.ts';
import { WEBSOCKET_LIMITS } from './limits.ts';

const TEXT = 1;
const BINARY = 2;
const PING = 9;
const PONG = 10;
const RSV1 = 4;
const DEFLATE = { allowsCompressed: true };

/** One word for the kind of an event, then what it holds. */
function describe(event: FrameEvent): string {
  switch (event.kind) {
    case 'message':
      return `${event.isCompressed ? 'compressed ' : ''}${event.isText ? 'text' : 'binary'} ${event.data.latin1Slice()}`;
    case 'close':
      return `close ${event.code} ${event.reason}`;
    case 'fault':
      return `fault ${event.code} ${event.detail}`;
    case 'fragment':
      return 'fragment';
    case 'large':
      return `large ${event.bytes}`;
    default:
      return `${event.kind} ${event.data.latin1Slice()}`;
  }
}

/** Feeds from one piece of memory, as the edge does. */
function readInPieces(bytes: Buffer, size: number, options?: FrameParserOptions): string[] {
  const parser = new FrameParser(options);
  const shared = Buffer.alloc(size);
  const events: FrameEvent[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    const length = bytes.copy(shared, 0, at, at + size);
    parser.feed(shared.subarray(0, length));
    for (let event = parser.next(); event !== undefined; event = parser.next()) {
      if (event.kind !== 'fragment') events.push(event);
    }
    shared.fill(0xaa);
  }
  return events.map(describe);
}

function reads(frames: readonly Buffer[], expected: readonly string[], options?: FrameParserOptions): void {
  const bytes = Buffer.concat(frames);
  for (const size of [bytes.length, 1, 2, 3, 5, 7, 13, 64]) {
    deepEqual(readInPieces(bytes, size, options), expected, `${size} bytes at a time`);
  }
}

function refuses(frames: readonly Buffer[], fault: string, options?: FrameParserOptions): void {
  reads([...frames, clientFrame({ opcode: TEXT, payload: 'never read' })], [`fault ${fault}`], options);
}

const latin1 = (text: string): string => Buffer.from(text).latin1Slice();

test('the masked frames of RFC 6455 5.7', () => {
  reads([Buffer.from('818537fa213d7f9f4d5158', 'hex')], ['text Hello']);
  reads([Buffer.from('8a8537fa213d7f9f4d5158', 'hex')], ['pong Hello']);
});

test('messages of every form of length', () => {
  for (const length of [0, 1, 125, 126, 127, 1000, 65_535, 65_536, 70_000]) {
    const payload = Buffer.from('0123456789abc'.repeat(length / 13 + 1)).subarray(0, length);
    reads([clientFrame({ opcode: BINARY, payload })], [`binary ${payload.latin1Slice()}`]);
  }
});

test('several messages in one piece', () => {
  reads(
    [
      clientFrame({ opcode: TEXT, payload: 'é€𝄞' }),
      clientFrame({ opcode: BINARY, payload: Buffer.of(0, 0xff) }),
      clientFrame({ opcode: TEXT }),
      clientFrame({ opcode: BINARY }),
    ],
    [`text ${latin1('é€𝄞')}`, 'binary \0\xff', 'text ', 'binary '],
  );
});

test('fragments are one message, also empty ones and ones that cut a character', () => {
  const [first, second] = [Buffer.from('é').subarray(0, 1), Buffer.from('é').subarray(1)];
  reads(
    [
      clientFrame({ opcode: TEXT, payload: 'one ', isFinal: false }),
      clientFrame({ opcode: 0, isFinal: false }),
      clientFrame({ opcode: 0, payload: first, isFinal: false }),
      clientFrame({ opcode: 0, isFinal: false }),
      clientFrame({ opcode: 0, payload: second }),
      clientFrame({ opcode: BINARY, isFinal: false }),
      clientFrame({ opcode: 0 }),
      clientFrame({ opcode: TEXT, isFinal: false, payload: 'whole' }),
      clientFrame({ opcode: 0 }),
    ],
    [`text ${latin1('one é')}`, 'binary ', 'text whole'],
  );
});

test('control frames come between fragments, and in the middle of nothing', () => {
  reads(
    [
      clientFrame({ opcode: PING }),
      clientFrame({ opcode: TEXT, payload: 'a', isFinal: false }),
      clientFrame({ opcode: PING, payload: 'mid' }),
      clientFrame({ opcode: 0, payload: 'b', isFinal: false }),
      clientFrame({ opcode: PONG, payload: 'x'.repeat(125) }),
      clientFrame({ opcode: 0, payload: 'c' }),
    ],
    ['ping ', 'ping mid', `pong ${'x'.repeat(125)}`, 'text abc'],
  );
});

test('a close ends it, also between fragments', () => {
  const late = clientFrame({ opcode: TEXT, payload: 'late' });
  reads([clientClose(), late], ['close 1005 ']);
  reads([clientClose(1000), late], ['close 1000 ']);
  reads([clientClose(4999, 'x'.repeat(123)), late], [`close 4999 ${'x'.repeat(123)}`]);
  reads([clientClose(3000, 'fertig ✓'), late], ['close 3000 fertig ✓']);
  reads([clientFrame({ opcode: TEXT, isFinal: false, payload: 'a' }), clientClose(1001), late], ['close 1001 ']);
});

test('close frames that say nothing sensible are refused', () => {
  for (const code of [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535]) {
    refuses([clientClose(code)], `1002 a close code that means nothing: ${code}`);
  }
  refuses([clientFrame({ opcode: 8, payload: Buffer.of(3) })], '1002 a close code of one byte');
  refuses([clientClose(1000, Buffer.of(0xff))], '1007 a close reason that is not UTF-8');
  refuses([clientClose(1000, Buffer.from('é').subarray(0, 1))], '1007 a close reason that is not UTF-8');
});

test('what is not masked is refused, as soon as that can be seen', () => {
  const refusal = '1002 a frame that is not masked';
  refuses([clientFrame({ opcode: TEXT, payload: 'Hello', key: undefined })], refusal);
  refuses([clientFrame({ opcode: PING, key: undefined })], refusal);
  deepEqual(readInPieces(Buffer.of(0x81, 0x05), 2), [`fault ${refusal}`]);
});

test('reserved bits are refused', () => {
  for (const reserved of [1, 2, 3, 5, 6, 7]) {
    refuses([clientFrame({ opcode: TEXT, reserved })], '1002 a reserved bit is set', DEFLATE);
  }
  const refusal = '1002 RSV1 where nothing gives it a meaning';
  refuses([clientFrame({ opcode: TEXT, reserved: RSV1 })], refusal);
  for (const opcode of [8, PING, PONG]) {
    refuses([clientFrame({ opcode, reserved: RSV1 })], refusal, DEFLATE);
  }
  const begun = clientFrame({ opcode: TEXT, reserved: RSV1, payload: 'a', isFinal: false });
  refuses([begun, clientFrame({ opcode: 0, reserved: RSV1 })], refusal, DEFLATE);
});

test('unknown opcodes are refused', () => {
  for (const opcode of [3, 4, 5, 6, 7, 11, 12, 13, 14, 15]) {
    refuses([clientFrame({ opcode })], '1002 an unknown opcode');
  }
});

test('fragments that are none are refused', () => {
  refuses([clientFrame({ opcode: 0, payload: 'x' })], '1002 a continuation of nothing');
  const begun = clientFrame({ opcode: TEXT, payload: 'x', isFinal: false });
  refuses([begun, clientFrame({ opcode: TEXT })], '1002 a message inside another');
  refuses([begun, clientFrame({ opcode: BINARY })], '1002 a message inside another');
  const ended = clientFrame({ opcode: 0 });
  reads([begun, ended], ['text x']);
  deepEqual(readInPieces(Buffer.concat([begun, ended, ended]), 1000), [
    'text x',
    'fault 1002 a continuation of nothing',
  ]);
});

test('control frames that are long or in fragments are refused', () => {
  for (const opcode of [8, PING, PONG]) {
    refuses([clientFrame({ opcode, payload: 'x'.repeat(126) })], '1002 a control frame of more than 125 bytes');
    refuses([clientFrame({ opcode, declared: 5, lengthBytes: 2 })], '1002 a control frame of more than 125 bytes');
    refuses([clientFrame({ opcode, isFinal: false })], '1002 a fragmented control frame');
  }
});

test('a length in more bytes than it needs is refused', () => {
  const refusal = '1002 a length in more bytes than it needs';
  refuses([clientFrame({ opcode: TEXT, declared: 125, lengthBytes: 2 })], refusal);
  refuses([clientFrame({ opcode: TEXT, declared: 0, lengthBytes: 8 })], refusal);
  refuses([clientFrame({ opcode: TEXT, declared: 65_535, lengthBytes: 8 })], refusal);
});

test('a length with the highest of 64 bits is refused, as soon as that can be seen', () => {
  deepEqual(readInPieces(Buffer.of(0x82, 0xff, 0x80), 3), ['fault 1002 a length of 64 bits']);
  refuses([Buffer.of(0x82, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)], '1002 a length of 64 bits');
});

test('a message beyond the limit is refused before its payload comes', () => {
  const limit = { messageBytesMax: 1000 };
  const refusal = 'fault 1009 a message of more than 1000 bytes';
  const exact = clientFrame({ opcode: BINARY, payload: 'x'.repeat(1000) });
  reads([exact, exact], [`binary ${'x'.repeat(1000)}`, `binary ${'x'.repeat(1000)}`], limit);
  deepEqual(readInPieces(clientFrame({ opcode: BINARY, declared: 1001 }).subarray(0, 4), 10, limit), [refusal]);
  for (const declared of [65_536, 2 ** 32, 2 ** 53 - 1]) {
    deepEqual(readInPieces(clientFrame({ opcode: BINARY, declared }).subarray(0, 10), 10, limit), [refusal]);
  }
  deepEqual(readInPieces(Buffer.of(0x82, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff), 10, limit), [refusal]);
});

test('the limit is that of all fragments, and control frames do not count', () => {
  const limit = { messageBytesMax: 1000 };
  const half = (opcode: number, isFinal: boolean, length: number): Buffer =>
    clientFrame({ opcode, isFinal, payload: 'x'.repeat(length) });
  const ping = clientFrame({ opcode: PING, payload: 'x'.repeat(100) });
  reads(
    [half(BINARY, false, 500), ping, half(0, true, 500)],
    [`ping ${'x'.repeat(100)}`, `binary ${'x'.repeat(1000)}`],
    limit,
  );
  reads(
    [half(BINARY, false, 500), ping, half(0, false, 500), half(0, true, 1)],
    [`ping ${'x'.repeat(100)}`, 'fault 1009 a message of more than 1000 bytes'],
    limit,
  );
});

test('text is UTF-8', () => {
  for (const hex of ['6f6b20ff', 'eda080', 'c0af', 'f4908080', 'e282', 'f09d84', '80', 'c3']) {
    refuses([clientFrame({ opcode: TEXT, payload: Buffer.from(hex, 'hex') })], '1007 text that is not UTF-8');
  }
  reads([clientFrame({ opcode: BINARY, payload: Buffer.of(0xff) })], ['binary \xff']);
});

test('text in fragments is refused as soon as nothing can save it', () => {
  const refusal = 'fault 1007 text that is not UTF-8';
  const begin = (...payload: number[]): Buffer =>
    clientFrame({ opcode: TEXT, payload: Buffer.from(payload), isFinal: false });
  for (const first of [[0xff], [0xc0], [0xed, 0xa0], [0xf4, 0x90], [0x61, 0x80]]) {
    deepEqual(readInPieces(begin(...first), 100), [refusal]);
  }
  // Half a character, then something else.
  deepEqual(readInPieces(begin(0xe2, 0x82), 100), []);
  refuses([begin(0xe2, 0x82), clientFrame({ opcode: 0, payload: 'x' })], refusal.slice(6));
  refuses([begin(0xe2, 0x82), clientFrame({ opcode: 0 })], refusal.slice(6));
});

test('text in one frame is refused before its end has come', () => {
  const frame = clientFrame({ opcode: TEXT, payload: Buffer.concat([Buffer.of(0x61, 0xff), Buffer.alloc(1000)]) });
  deepEqual(readInPieces(frame.subarray(0, 20), 20), ['fault 1007 text that is not UTF-8']);
});

test('what is compressed is given as it is', () => {
  reads(
    [
      clientFrame({ opcode: TEXT, payload: Buffer.of(0xff), reserved: RSV1 }),
      clientFrame({ opcode: BINARY, payload: 'a', reserved: RSV1, isFinal: false }),
      clientFrame({ opcode: PING }),
      clientFrame({ opcode: 0, payload: 'b' }),
      clientFrame({ opcode: TEXT, payload: 'plain' }),
    ],
    ['compressed text \xff', 'ping ', 'compressed binary ab', 'text plain'],
    DEFLATE,
  );
  refuses([clientFrame({ opcode: TEXT, reserved: RSV1, declared: 101 })], '1009 a message of more than 100 bytes', {
    ...DEFLATE,
    messageBytesMax: 100,
  });
});

test('data is memory of its own', () => {
  const bytes = Buffer.concat([
    clientFrame({ opcode: BINARY, payload: 'first' }),
    clientFrame({ opcode: PING, payload: 'second' }),
  ]);
  const parser = new FrameParser();
  parser.feed(bytes);
  const events = [parser.next(), parser.next()];
  equal(parser.next(), undefined);
  bytes.fill(0);
  deepEqual(
    events.map((event) => event && describe(event)),
    ['binary first', 'ping second'],
  );
});

test('a declared length gets no memory before its bytes come', () => {
  const parsers: FrameParser[] = [];
  const before = process.memoryUsage().arrayBuffers;
  const head = clientFrame({ opcode: BINARY, declared: 16 * 1024 * 1024, payload: 'x' });
  for (let count = 0; count < 100; count += 1) {
    const parser = new FrameParser();
    parser.feed(head);
    equal(parser.next(), undefined);
    parsers.push(parser);
  }
  ok(process.memoryUsage().arrayBuffers - before < 1024 * 1024, `${parsers.length} parsers`);
});

test('what has not been read can be kept, and more be fed behind it', () => {
  const parser = new FrameParser();
  const first = Buffer.concat([
    clientFrame({ opcode: TEXT, payload: 'one' }),
    clientFrame({ opcode: TEXT, payload: 'two' }),
    clientFrame({ opcode: TEXT, payload: 'three' }).subarray(0, 8),
  ]);
  parser.feed(first);
  deepEqual(describe(parser.next()!), 'text one');
  equal(parser.bufferedBytes, first.length - 9);
  parser.keep();
  parser.keep();
  first.fill(0);
  equal(parser.bufferedBytes, first.length - 9);
  parser.feed(clientFrame({ opcode: TEXT, payload: 'three' }).subarray(8));
  deepEqual([parser.next()!, parser.next()!].map(describe), ['text two', 'text three']);
  equal(parser.next(), undefined);
  equal(parser.bufferedBytes, 0);
  parser.keep();
  equal(parser.next(), undefined);
});

test('after its end a parser takes anything and gives nothing', () => {
  const parser = new FrameParser();
  parser.feed(Buffer.concat([clientClose(1000), clientClose(1001)]));
  equal(parser.next()?.kind, 'close');
  for (let count = 0; count < 3; count += 1) {
    parser.feed(clientFrame({ opcode: TEXT, payload: 'x' }));
    equal(parser.next(), undefined);
    equal(parser.bufferedBytes, 0);
  }
});

test('a short fragment is told of, empty or not, and a long one is not', () => {
  const parser = new FrameParser();
  const fragment = (opcode: number, length: number): Buffer =>
    clientFrame({ opcode, payload: Buffer.alloc(length, 'x'), isFinal: false });
  const { shortFragmentBytes } = WEBSOCKET_LIMITS;
  parser.feed(
    Buffer.concat([fragment(TEXT, 0), fragment(0, shortFragmentBytes), fragment(0, 1), clientFrame({ opcode: 0 })]),
  );
  deepEqual(
    [parser.next(), parser.next(), parser.next()].map((event) => event?.kind),
    ['fragment', 'fragment', 'message'],
  );
});

test('a large message is asked about before it is read, whole or in fragments, and read once it may', () => {
  const parser = new FrameParser(DEFLATE);
  parser.largeBytes = 10;
  const read = (): string[] => {
    const events: string[] = [];
    for (let event = parser.next(); event !== undefined; event = parser.next()) {
      if (event.kind === 'fragment') continue;
      events.push(describe(event));
      if (event.kind === 'large') break;
    }
    return events;
  };
  const big = 'x'.repeat(11);
  parser.feed(clientFrame({ opcode: TEXT, payload: big }).subarray(0, 8));
  deepEqual(read(), ['large 11']);
  parser.keep();
  parser.feed(clientFrame({ opcode: TEXT, payload: big }).subarray(8));
  deepEqual(read(), ['large 11'], 'it is asked again');
  equal(parser.messageBytes, 0);
  parser.allowLarge();
  deepEqual(read(), [`text ${big}`]);
  parser.feed(clientFrame({ opcode: TEXT, payload: '0123456', isFinal: false }));
  deepEqual(read(), []);
  equal(parser.messageBytes, 7);
  parser.feed(Buffer.concat([clientFrame({ opcode: PING }), clientFrame({ opcode: 0, payload: '7890' })]));
  deepEqual(read(), ['ping ', 'large 11']);
  parser.allowLarge();
  deepEqual(read(), ['text 01234567890']);
  parser.feed(clientFrame({ opcode: TEXT, payload: big, reserved: RSV1 }));
  deepEqual(read(), ['large Infinity']);
});
