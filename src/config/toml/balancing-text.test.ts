import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { parseBalancing, renderBalancing } from './balancing-text.ts';

test('what is read as a way to choose a server is written as it was', () => {
  for (const text of [
    ...['round-robin', 'least-conn', 'ip-hash', 'hash $request_uri', 'hash a$uri b consistent', 'least-time header'],
    ...['least-time last-byte inflight', 'random', 'random least-conn', 'random least-time=first-byte'],
  ]) {
    const read = parseBalancing(text);
    equal(read.ok ? renderBalancing(read.value) : read.fault, text);
  }
});

test('what is none says what can be written', () => {
  const faults = ['fair', 'hash', 'least-time', 'least-time now', 'random x', 'least-conn 2', 'random header'].map(
    (text) => {
      const read = parseBalancing(text);
      return read.ok ? '' : read.fault;
    },
  );
  deepEqual(faults, [
    '"fair" is no way to choose a server. Write round-robin, least-conn, ip-hash, hash TEXT, least-time header, or random',
    'behind "hash" stands what decides: "hash $request_uri"',
    'behind "least-time" stands one of header, last-byte, connect, first-byte',
    'behind "least-time" stands one of header, last-byte, connect, first-byte',
    'behind "random" stands nothing, "least-conn", or "least-time=header"',
    'behind "least-conn" stands nothing',
    'behind "random" stands nothing, "least-conn", or "least-time=header"',
  ]);
});
