import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { GatheredHeader } from './gathered-header.ts';

const HEADER = 'PROXY UNKNOWN\r\n';

test('a header is read wherever it is cut, and what lies behind it is left', () => {
  for (let cut = 1; cut < HEADER.length; cut += 1) {
    const gathered = new GatheredHeader();
    // The memory is another's as soon as it has been taken.
    const first = Buffer.from(HEADER.slice(0, cut));
    equal(gathered.take(first).read.kind, 'incomplete');
    first.fill(0);
    equal(String(gathered.kept), HEADER.slice(0, cut));
    const { read, bytes } = gathered.take(Buffer.from(`${HEADER.slice(cut)}GET`));
    equal(read.kind === 'header' && String(bytes.subarray(read.length)), 'GET');
    equal(gathered.kept.length, 0);
  }
});

test('what is no header is told with all that has come', () => {
  const gathered = new GatheredHeader();
  gathered.take(Buffer.from('PRO'));
  const { read, bytes } = gathered.take(Buffer.from('ST / '));
  equal(read.kind, 'invalid');
  equal(String(bytes), 'PROST / ');
});
