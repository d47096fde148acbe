import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { ClientHello, HelloReading } from './client-hello.ts';
import { ClientHelloReader, HELLO_BYTES_MAX } from './client-hello.ts';
import { extension, helloMessage, helloRecords, nameExtension, shorts, vector } from './fake-hello.ts';

const readClientHello = (bytes: Buffer): HelloReading => new ClientHelloReader().read(bytes);
const helloOf = (reading: HelloReading): ClientHello | undefined =>
  reading.kind === 'hello' ? reading.hello : undefined;
const read = (...extensions: readonly Buffer[]): ClientHello | undefined =>
  helloOf(readClientHello(helloRecords(helloMessage(extensions))));

const FULL = helloMessage(
  [
    ...[
      extension(0x0a0a, Buffer.alloc(1)),
      nameExtension('Shop.Example.org'),
      extension(10, vector(2, shorts(29, 23))),
    ],
    ...[extension(16, vector(2, vector(1, 'h2'), vector(1, 'http/1.1')))],
    ...[extension(43, vector(1, shorts(0x8a8a, 0x0304, 0x0303))), extension(35, Buffer.from('ticket'))],
    extension(51, vector(2, shorts(29), vector(2, 'k'), shorts(23), vector(2, 'kk'))),
    ...[extension(13, vector(2, shorts(0x0403, 0x0804))), extension(5, Buffer.from('0100000000', 'hex'))],
  ],
  'abc',
);

test('ClientHelloReader tells what a client wants, however its message is cut into records', () => {
  for (const size of [FULL.length, 50, 5]) {
    deepEqual(helloOf(readClientHello(helloRecords(FULL, size))), {
      serverName: 'shop.example.org',
      version: 0x0304,
      cipherSuites: [0x1301, 0xc02f],
      groups: [29, 23],
      protocols: ['h2', 'http/1.1'],
      keyShares: [29, 23],
      sessionId: Buffer.from('abc'),
      ticket: Buffer.from('ticket'),
      signatureSchemes: Buffer.from('04030804', 'hex'),
      wantsStatus: true,
    });
  }
});

test('ClientHelloReader waits for the rest of a message, whichever byte is the last that has come', () => {
  const bytes = helloRecords(FULL, 60);
  for (let length = 0; length < bytes.length; length += 1) {
    equal(readClientHello(bytes.subarray(0, length)).kind, 'partial', `${length} bytes`);
  }
  equal(readClientHello(Buffer.concat([bytes, Buffer.from('more')])).kind, 'hello');
});

test('ClientHelloReader takes a message without extensions', () => {
  const hello = helloOf(readClientHello(helloRecords(helloMessage())));
  deepEqual([hello?.serverName, hello?.version, hello?.ticket, hello?.groups], ['', 0x0303, undefined, []]);
});

test('ClientHelloReader takes the ticket of TLS 1.3, and none where the client has none', () => {
  const identity = Buffer.concat([vector(2, 'one'), Buffer.alloc(4)]);
  equal(read(extension(41, Buffer.concat([vector(2, identity), vector(2, 'binder')])))?.ticket?.toString(), 'one');
  equal(read(extension(35, Buffer.alloc(0)))?.ticket, undefined);
});

test('ClientHelloReader takes no name that no host has', () => {
  equal(read(nameExtension('a.test.'))?.serverName, 'a.test');
  for (const name of [
    '',
    'a b',
    'a/b',
    'a\0.test',
    'sp\u00e4t.test',
    'x'.repeat(256),
    '../..',
    '..',
    '...',
    '.',
    'a..test',
    '.test',
  ]) {
    equal(read(nameExtension(name))?.serverName, '', JSON.stringify(name));
  }
  equal(read(nameExtension('a.test', 1))?.serverName, '', 'a name of another kind');
});

test('ClientHelloReader tells what is no handshake', () => {
  for (const text of ['GET / HTTP/1.1\r\n', '\x80\x2e\x01', '\x15\x03\x03']) {
    equal(readClientHello(Buffer.from(text, 'latin1')).kind, 'other', text);
  }
});

test('ClientHelloReader leaves to others what cannot be read', () => {
  const wrong: readonly Buffer[] = [
    ...[Buffer.from([22, 9, 1, 0, 1, 1]), Buffer.from([22, 3, 1, 0, 0]), Buffer.from([22, 3, 1, 255, 255])],
    ...[helloRecords(Buffer.from([2, 0, 0, 0])), helloRecords(Buffer.from([1, 1, 0, 0]))],
    ...[helloRecords(Buffer.from([1, 0, 0, 1, 0])), helloRecords(helloMessage([Buffer.from([0, 0, 0, 9])]))],
    helloRecords(Buffer.concat([Buffer.from([1]), vector(3, helloMessage([extension(9)]).subarray(4), 'x')])),
  ];
  for (const bytes of wrong) {
    equal(readClientHello(bytes).kind, 'unreadable', bytes.toString('hex'));
  }
  equal(read(extension(16, Buffer.from([0, 2, 9, 9])))?.protocols.length, 0);
  equal(read(extension(51, Buffer.from([0, 2, 9, 9])))?.keyShares.length, 0);
});

test('ClientHelloReader waits for no message that is longer than any', () => {
  const endless = Buffer.concat([Buffer.from([1]), vector(3, Buffer.alloc(HELLO_BYTES_MAX))]);
  equal(readClientHello(helloRecords(endless, 1).subarray(0, HELLO_BYTES_MAX)).kind, 'unreadable');
  equal(readClientHello(helloRecords(Buffer.from([1, 0]), 1)).kind, 'partial');
});
