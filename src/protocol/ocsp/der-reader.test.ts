import { deepEqual, equal, throws } from 'node:assert/strict';
import { test } from 'node:test';
import { DerFault, DerReader, inner, plain, readTime, renderDer, TAG } from './der-reader.ts';

const of = (hex: string): DerReader => new DerReader(Buffer.from(hex, 'hex'));
const refuses = (hex: string, read: (reader: DerReader) => unknown): void => throws(() => read(of(hex)), DerFault);

test('DerReader reads values one behind the other, and what is in them', () => {
  const reader = of('300602010502010704026162');
  const list = reader.inside(TAG.sequence);
  deepEqual([list.content(TAG.integer), list.whole()], [Buffer.from([5]), Buffer.from([2, 1, 7])]);
  list.end();
  equal(reader.isAtEnd, false);
  equal(reader.content(TAG.octetString).toString(), 'ab');
  reader.end();
  equal(of('a000').insideIf(inner(1)), undefined);
  equal(of('8000').isNext(plain(0)), true);
});

test('DerReader refuses what DER has otherwise, and what is cut off', () => {
  for (const hex of [
    '',
    '30',
    '30030201',
    '308180',
    '30800000',
    '3081050000000000',
    '3082',
    '30840000000100',
    '1f0100',
  ]) {
    refuses(hex, (reader) => reader.whole());
  }
  refuses('3082007f' + '00'.repeat(127), (reader) => reader.whole());
  refuses('020105', (reader) => reader.inside(TAG.sequence));
  refuses('020105', (reader) => reader.end());
});

test('DerReader reads strings of whole bytes in bits', () => {
  deepEqual(of('030300aabb').bits(), Buffer.from([0xaa, 0xbb]));
  refuses('030301aabb', (reader) => reader.bits());
  refuses('0300', (reader) => reader.bits());
});

test('DerReader reads names of objects', () => {
  equal(of('06092a864886f70d01010b').objectId(), '1.2.840.113549.1.1.11');
  equal(of('0603883703').objectId(), '2.999.3');
  equal(of('06012a').objectId(), '1.2');
  for (const hex of ['0600', '06022a80', '06032a8001', '06082affffffffffff7f']) {
    refuses(hex, (reader) => reader.objectId());
  }
});

test('readTime() takes UTC to the second', () => {
  equal(readTime(Buffer.from('20261201025351Z')), Date.UTC(2026, 11, 1, 2, 53, 51));
  for (const text of ['20261201025351', '20261301025351Z', '20261201025351.5Z', '261201025351Z']) {
    throws(() => readTime(Buffer.from(text)), DerFault);
  }
});

test('renderDer() writes the shortest length', () => {
  deepEqual(renderDer(TAG.octetString, Buffer.from('ab')), Buffer.from('04026162', 'hex'));
  for (const length of [0, 127, 128, 255, 256, 65_536]) {
    const value = renderDer(TAG.octetString, Buffer.alloc(length));
    equal(new DerReader(value).content(TAG.octetString).length, length);
  }
});
