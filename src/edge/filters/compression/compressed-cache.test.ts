import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { isLasting, markLasting } from '../../../kernel/lasting-bytes.ts';
import { CompressedCache } from './compressed-cache.ts';

test('a form is found by its very buffer and recipe, and by nothing that is like it', () => {
  const cache = new CompressedCache();
  const source = Buffer.from('text');
  const form = Buffer.from('t');
  cache.put(source, 'gzip', form);
  equal(cache.get(source, 'gzip'), form);
  equal(cache.get(source, 'br'), undefined);
  equal(cache.get(Buffer.from('text'), 'gzip'), undefined);
  cache.forget(source);
  equal(cache.get(source, 'gzip'), undefined);
  equal(cache.bytes, 0);
});

test('the cache holds no more than its bytes, and gives up what was not asked for longest', () => {
  const cache = new CompressedCache(8000);
  const sources = Array.from({ length: 10 }, () => Buffer.alloc(900));
  for (const source of sources) {
    cache.put(source, 'gzip', Buffer.alloc(100));
    cache.get(sources[0] ?? source, 'gzip');
  }
  equal(cache.bytes, 8000);
  equal(cache.get(sources[0] ?? Buffer.alloc(0), 'gzip') !== undefined, true);
  equal(cache.get(sources[1] ?? Buffer.alloc(0), 'gzip'), undefined);
  cache.put(Buffer.alloc(1000), 'gzip', Buffer.alloc(1));
  equal(cache.bytes, 8000, 'a body that would take more than its part is not kept');
});

test('only what was marked is lasting', () => {
  const bytes = Buffer.from('x');
  equal(isLasting(bytes), false);
  markLasting(bytes);
  equal(isLasting(bytes), true);
  equal(isLasting('x'), false);
});
