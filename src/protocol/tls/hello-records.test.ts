import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { extension, helloMessage, helloRecords, nameExtension, shorts, vector } from './fake-hello.ts';
import type { HelloFields } from './hello-records.ts';
import { HelloRecords } from './hello-records.ts';

const LIMITS = { recordsMax: 3, recordBytesMin: 1, recordBytesMax: 200, messageBytesMax: 300 };

function read(bytes: Buffer): HelloFields | 'none' | undefined {
  return new HelloRecords(LIMITS).read(bytes);
}

const WRONG_VERSIONS = Buffer.concat([shorts(43, 7), Buffer.from([2, 0x7f, 0x1c])]);

test('HelloRecords tells what hinders no reading, and leaves it to others to judge it', () => {
  const fields = read(helloRecords(helloMessage([nameExtension('A \xff'), WRONG_VERSIONS])));
  equal(typeof fields === 'object' && fields.name, 'A \xff');
  deepEqual(typeof fields === 'object' && [fields.isExact, fields.hasFaultyList, fields.versions], [false, false, []]);
  const other = read(helloRecords(helloMessage([nameExtension('x', 1), extension(16, vector(2, vector(1, 'h2')))])));
  deepEqual(typeof other === 'object' && [other.isExact, other.hasFaultyList, other.name], [true, true, '']);
  deepEqual(typeof other === 'object' && other.protocols, ['h2']);
});

test('HelloRecords goes on from where it was, and reads no record before it is whole', () => {
  const message = helloMessage([nameExtension('a.test')]);
  const bytes = helloRecords(message, 30);
  const records = new HelloRecords(LIMITS);
  for (let length = 0; length < bytes.length; length += 1) {
    equal(records.read(Buffer.from(bytes.subarray(0, length))), undefined, `${length} bytes`);
  }
  equal(typeof records.read(bytes), 'object');
});

test('HelloRecords takes nothing beyond its limits', () => {
  const message = helloMessage([extension(10, 'x'.repeat(120))]);
  equal(typeof read(helloRecords(message)), 'object');
  const cases: Readonly<Record<string, Buffer>> = {
    'more records': helloRecords(message, 50),
    'an empty record': Buffer.from([22, 3, 1, 0, 0]),
    'a record that would be longer': Buffer.from([22, 3, 1, 0, 201]),
    'a message that would be longer': helloRecords(Buffer.from([1, 0, 1, 45])),
  };
  for (const [what, bytes] of Object.entries(cases)) equal(read(bytes), 'none', what);
});
