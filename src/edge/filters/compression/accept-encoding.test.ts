import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { AcceptedCodingsMemory, readAcceptedCodings } from './accept-encoding.ts';

const gzip = (field: string): number => readAcceptedCodings(field).gzip;

test('a coding is accepted where it is named, with a weight or without', () => {
  for (const field of [
    'gzip',
    'gzip,deflate',
    'gzip, deflate, br',
    'deflate, gzip',
    'deflate,gzip',
    'GZIP',
    'deflate , gzip ;',
    'gzip;',
  ]) {
    equal(gzip(field), 1000, field);
  }
  equal(gzip('gzip;q=0.5'), 500);
  equal(gzip('gzip; q=0.001, br'), 1);
  equal(gzip('deflate, gzip;q=1.000,br'), 1000);
  deepEqual(readAcceptedCodings('gzip, deflate, br, zstd'), { gzip: 1000, br: 1000, zstd: 1000 });
});

test('a coding is refused by its weight, by what is malformed, and where it is not named', () => {
  for (const field of [
    'gzip;q=0',
    'gzip;q=0.000',
    'gzip; q=0',
    'gzip;q=2',
    'gzip;q=1.001',
    'gzip;q=',
    'gzip;q=x',
    'gzip;x',
    'gzipped',
    'xgzip',
    'x-gzip',
    '*',
    '',
    'identity',
    'gzip;q=0.0001',
  ]) {
    equal(gzip(field), 0, field);
  }
});

test('the memory of fields gives what reading gives, and nothing for a request without the field', () => {
  const memory = new AcceptedCodingsMemory();
  equal(memory.recall('gzip, br').br, 1000);
  equal(memory.recall('gzip, br'), memory.recall('gzip, br'));
  deepEqual(memory.recall(undefined), { gzip: 0, br: 0, zstd: 0 });
});
