import { deepEqual, equal, notEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { extension, helloMessage, helloRecords, nameExtension, number, vector } from './fake-hello.ts';
import type { SeenHello } from './preread-hello.ts';
import { PrereadHello } from './preread-hello.ts';

const NAME = nameExtension('db.example.com');
const PROTOCOLS = extension(16, vector(2, vector(1, Buffer.from('h2')), vector(1, Buffer.from('http/1.1'))));
const VERSIONS = extension(43, vector(1, number(0xfafa, 2), number(0x0304, 2), number(0x0303, 2), number(0x0a0a, 2)));
const UNKNOWN = extension(10, Buffer.from('abc'));

const message = (...extensions: readonly Buffer[]): Buffer => helloMessage(extensions, 'a session');
const records = (bytes: Buffer, size = 16_384): Buffer => helloRecords(bytes, size);

/** Fed in pieces of so many bytes. */
function readIn(bytes: Buffer, step: number): SeenHello | 'none' | undefined {
  const reader = new PrereadHello();
  for (let end = step; ; end += step) {
    const found = reader.read(bytes.subarray(0, end));
    if (found !== undefined || end >= bytes.length) return found;
  }
}

const FULL: SeenHello = { version: 'TLSv1.3', serverName: 'db.example.com', protocols: ['h2', 'http/1.1'] };

test('a hello tells of the name, the protocols and the highest version, however it is cut into records and reads', () => {
  const hello = message(UNKNOWN, NAME, PROTOCOLS, VERSIONS);
  for (const size of [16_384, 40, 3, 1]) {
    for (const step of [100_000, 7, 1]) {
      deepEqual(readIn(records(hello, size), step), FULL, `records of ${size} bytes, read ${step} at a time`);
    }
  }
});

test('what stands behind the hello is not looked at', () => {
  deepEqual(readIn(Buffer.concat([records(message(NAME)), Buffer.from('anything')]), 100_000), {
    version: 'TLSv1.2',
    serverName: 'db.example.com',
    protocols: [],
  });
});

test('a hello without extensions has no name, and one of SSL 2 only a version', () => {
  deepEqual(readIn(records(message()), 1), { version: 'TLSv1.2', serverName: '', protocols: [] });
  deepEqual(readIn(Buffer.from([0x80, 0x2e, 1, 3, 1, 0, 0]), 1), { version: 'TLSv1', serverName: '', protocols: [] });
  deepEqual(readIn(Buffer.from([0x80, 0x2e, 1, 0, 2, 0, 0]), 1), { version: 'SSLv2', serverName: '', protocols: [] });
});

test('of two names, and of two lists of protocols, the first counts', () => {
  const other = extension(0, vector(2, Buffer.from([0]), vector(2, Buffer.from('other'))));
  const spoken = extension(16, vector(2, vector(1, Buffer.from('x'))));
  deepEqual(readIn(records(message(NAME, other, PROTOCOLS, spoken, VERSIONS)), 100), FULL);
});

test('more is needed until the hello is whole', () => {
  const whole = records(message(NAME), 50);
  for (let end = 0; end < whole.length; end += 1) {
    equal(new PrereadHello().read(whole.subarray(0, end)), undefined);
  }
  notEqual(new PrereadHello().read(whole), undefined);
});

test('versions that say a wrong length take nothing away from what was read before them', () => {
  const wrong = Buffer.concat([number(43, 2), number(7, 2), Buffer.from([2, 0x7f, 0x1c])]);
  deepEqual(readIn(records(message(NAME, wrong)), 1), {
    version: 'TLSv1.3',
    serverName: 'db.example.com',
    protocols: [],
  });
});

test('what is no hello of a client has none', () => {
  const inName = (content: Buffer) => records(message(extension(0, content)));
  const inProtocols = (content: Buffer) => records(message(extension(16, content)));
  const cases: Readonly<Record<string, Buffer>> = {
    'another protocol': Buffer.from('SSH-2.0-OpenSSH_9.2\r\n'),
    'another record': Buffer.from([23, 3, 3, 0, 1, 0]),
    'another version of records': Buffer.from([22, 2, 3, 0, 1, 0]),
    'another message': records(Buffer.from([2, 0, 0, 0])),
    'a record of another kind in the middle': Buffer.concat([
      records(message(NAME).subarray(0, 20)),
      Buffer.from([21, 3, 3, 0, 0]),
    ]),
    'a message that ends in its fields': records(
      Buffer.concat([Buffer.from([1]), vector(3, number(0x0303, 2), Buffer.alloc(10))]),
    ),
    'extensions that are longer than the message': records(
      Buffer.concat([Buffer.from([1]), vector(3, message().subarray(4), number(9, 2))]),
    ),
    'an extension that is longer than all': records(
      message(Buffer.concat([number(10, 2), number(4, 2), Buffer.alloc(3)])),
    ),
    'a name of another type': inName(vector(2, Buffer.from([1]), vector(2, Buffer.from('x')))),
    'a name that is longer than its list': inName(vector(2, Buffer.from([0]), number(9, 2), Buffer.from('x'))),
    'a list of names that is longer than its extension': inName(number(9, 2)),
    'a protocol without a letter': inProtocols(vector(2, vector(1))),
    'a protocol that is longer than its list': inProtocols(vector(2, Buffer.from([9, 65]))),
  };
  for (const [what, bytes] of Object.entries(cases)) {
    for (const step of [bytes.length, 1]) equal(readIn(bytes, step), 'none', `${what}, ${step} at a time`);
  }
});

test('a name of any bytes is told as they are', () => {
  const name = Buffer.from([0, 10, 34, 255]);
  const found = readIn(records(message(extension(0, vector(2, Buffer.from([0]), vector(2, name))))), 100);
  equal(typeof found === 'object' && found.serverName, name.latin1Slice());
});
