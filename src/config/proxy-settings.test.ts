import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { believesEveryone, parseRootPath, takesAnyHeader } from './proxy-settings.ts';

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

test('it is told where everybody may say who the client is', () => {
  for (const [peers, isEverybody] of [
    [['*'], true],
    [['10.0.0.0/8', '::/0'], true],
    [['10.0.0.0/8', '::1'], false],
    [[], false],
  ] as const) {
    equal(believesEveryone({ fields: 'x-forwarded', allowIps: peers }), isEverybody, peers.join());
    equal(takesAnyHeader({ fields: 'none', allowIps: ['*'], proxyAllowIps: peers }), isEverybody, peers.join());
  }
  equal(believesEveryone({ fields: 'none', allowIps: ['*'] }), false);
  equal(takesAnyHeader({ fields: 'none', allowIps: ['*'] }), false);
});
