import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { parseRootPath } from './proxy-settings.ts';

test('parseRootPath() takes every way to write one path for that path', () => {
  for (const text of ['/api', 'api', '/api/', 'api/', '//api', '/api///'])
    deepEqual(parseRootPath(text), { ok: true, value: '/api' }, text);
  deepEqual(parseRootPath('/a/b c/é'), { ok: true, value: '/a/b c/é' });
});

test('parseRootPath() takes the root for none', () => {
  for (const text of ['', '/', '//']) deepEqual(parseRootPath(text), { ok: true, value: '' }, text);
});

test('parseRootPath() refuses what is no path', () => {
  for (const text of ['/a?b', '/a#b', '/a\nb', '/a\0', 'https://site.test/api', '/a/../b', '..', './a'])
    equal(parseRootPath(text).ok, false, text);
});
