import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { SessionStore } from './session-store.ts';

const bytes = (text: string): Buffer => Buffer.from(text);

test('SessionStore keeps the last session of each server', () => {
  const store = new SessionStore(2);
  store.keep('a', bytes('1'));
  store.keep('a', bytes('2'));
  equal(store.find('a')?.toString(), '2');
  equal(store.find('b'), undefined);
  equal(store.count, 1);
});

test('SessionStore forgets what was asked for the longest ago', () => {
  const store = new SessionStore(2);
  store.keep('a', bytes('1'));
  store.keep('b', bytes('2'));
  store.find('a');
  store.keep('c', bytes('3'));
  equal(store.find('b'), undefined);
  equal(store.find('a')?.toString(), '1');
  equal(store.count, 2);
});
