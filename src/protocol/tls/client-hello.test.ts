import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { ClientHello, HelloReading } from './client-hello.ts';
import { HELLO_BYTES_MAX, readClientHello } from './client-hello.ts';

/** Bytes behind their length. */
function vector(size: number, ...parts: readonly (Buffer | string)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part as string, 'latin1')));
  const head = Buffer.alloc(size);
  head.writeUIntBE(body.length, 0, size);
  return Buffer.concat([head, body]);
}

const shorts = (...numbers: readonly number[]): Buffer =>
  Buffer.concat(numbers.map((number) => Buffer.from([number >> 8, number & 255])));
const extension = (number: number, body: Buffer): Buffer => Buffer.concat([shorts(number), vector(2, body)]);
const serverName = (name: string, kind = 0): Buffer => extension(0, vector(2, Buffer.from([kind]), vector(2, name)));

interface Wish {
  readonly extensions?: readonly Buffer[];
  readonly ticket?: Buffer;
  readonly sessionId?: string;
}

function messageOf({ extensions, sessionId = '' }: Wish = {}): Buffer {
  const body = Buffer.concat([
    ...[shorts(0x0303), Buffer.alloc(32, 7), vector(1, sessionId), vector(2, shorts(0x1301, 0xc02f)), vector(1, '\0')],
    ...(extensions === undefined ? [] : [vector(2, ...extensions)]),
  ]);
  return Buffer.concat([Buffer.from([1]), vector(3, body)]);
}

/** The message in records of so many bytes. */
function recordsOf(message: Buffer, size = message.length): Buffer {
  const records: Buffer[] = [];
  for (let at = 0; at < message.length; at += size) {
    records.push(Buffer.from([22, 3, 1]), vector(2, message.subarray(at, at + size)));
  }
  return Buffer.concat(records);
}

const helloOf = (reading: HelloReading): ClientHello | undefined =>
  reading.kind === 'hello' ? reading.hello : undefined;
const read = (...extensions: readonly Buffer[]): ClientHello | undefined =>
  helloOf(readClientHello(recordsOf(messageOf({ extensions }))));

const FULL = messageOf({
  sessionId: 'abc',
  extensions: [
    ...[extension(0x0a0a, Buffer.alloc(1)), serverName('Shop.Example.org'), extension(10, vector(2, shorts(29, 23)))],
    ...[extension(16, vector(2, vector(1, 'h2'), vector(1, 'http/1.1')))],
    ...[extension(43, vector(1, shorts(0x8a8a, 0x0304, 0x0303))), extension(35, Buffer.from('ticket'))],
    extension(51, vector(2, shorts(29), vector(2, 'k'), shorts(23), vector(2, 'kk'))),
  ],
});

test('readClientHello() tells what a client wants, however its message is cut into records', () => {
  for (const size of [FULL.length, 50, 5]) {
    deepEqual(helloOf(readClientHello(recordsOf(FULL, size))), {
      serverName: 'shop.example.org',
      version: 0x0304,
      cipherSuites: [0x1301, 0xc02f],
      groups: [29, 23],
      protocols: ['h2', 'http/1.1'],
      keyShares: [29, 23],
      sessionId: Buffer.from('abc'),
      ticket: Buffer.from('ticket'),
    });
  }
});

test('readClientHello() waits for the rest of a message, whichever byte is the last that has come', () => {
  const bytes = recordsOf(FULL, 60);
  for (let length = 0; length < bytes.length; length += 1) {
    equal(readClientHello(bytes.subarray(0, length)).kind, 'partial', `${length} bytes`);
  }
  equal(readClientHello(Buffer.concat([bytes, Buffer.from('more')])).kind, 'hello');
});

test('readClientHello() takes a message without extensions', () => {
  const hello = helloOf(readClientHello(recordsOf(messageOf())));
  deepEqual([hello?.serverName, hello?.version, hello?.ticket, hello?.groups], ['', 0x0303, undefined, []]);
});

test('readClientHello() takes the ticket of TLS 1.3, and none where the client has none', () => {
  const identity = Buffer.concat([vector(2, 'one'), Buffer.alloc(4)]);
  equal(read(extension(41, Buffer.concat([vector(2, identity), vector(2, 'binder')])))?.ticket?.toString(), 'one');
  equal(read(extension(35, Buffer.alloc(0)))?.ticket, undefined);
});

test('readClientHello() takes no name that no host has', () => {
  equal(read(serverName('a.test.'))?.serverName, 'a.test');
  for (const name of ['', 'a b', 'a/b', 'a\0.test', 'sp\u00e4t.test', 'x'.repeat(256), '../..']) {
    equal(read(serverName(name))?.serverName, name === '../..' ? '' : '', JSON.stringify(name));
  }
  equal(read(serverName('a.test', 1))?.serverName, '', 'a name of another kind');
});

test('readClientHello() tells what is no handshake', () => {
  for (const text of ['GET / HTTP/1.1\r\n', '\x80\x2e\x01', '\x15\x03\x03']) {
    equal(readClientHello(Buffer.from(text, 'latin1')).kind, 'other', text);
  }
});

test('readClientHello() leaves to others what cannot be read', () => {
  const wrong: readonly Buffer[] = [
    ...[Buffer.from([22, 9, 1, 0, 1, 1]), Buffer.from([22, 3, 1, 0, 0]), Buffer.from([22, 3, 1, 255, 255])],
    ...[recordsOf(Buffer.from([2, 0, 0, 0])), recordsOf(Buffer.from([1, 1, 0, 0]))],
    ...[recordsOf(Buffer.from([1, 0, 0, 1, 0])), recordsOf(messageOf({ extensions: [Buffer.from([0, 0, 0, 9])] }))],
    recordsOf(Buffer.concat([Buffer.from([1]), vector(3, messageOf({ extensions: [] }).subarray(4), 'x')])),
  ];
  for (const bytes of wrong) {
    equal(readClientHello(bytes).kind, 'unreadable', bytes.toString('hex'));
  }
  equal(read(extension(16, Buffer.from([0, 2, 9, 9])))?.protocols.length, 0);
  equal(read(extension(51, Buffer.from([0, 2, 9, 9])))?.keyShares.length, 0);
});

test('readClientHello() waits for no message that is longer than any', () => {
  const endless = Buffer.concat([Buffer.from([1]), vector(3, Buffer.alloc(HELLO_BYTES_MAX))]);
  equal(readClientHello(recordsOf(endless, 1).subarray(0, HELLO_BYTES_MAX)).kind, 'unreadable');
  equal(readClientHello(recordsOf(Buffer.from([1, 0]), 1)).kind, 'partial');
});
