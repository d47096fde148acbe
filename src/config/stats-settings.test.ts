import { deepEqual, equal, match } from 'node:assert/strict';
import { test } from 'node:test';
import type { BindAddress } from './bind-address.ts';
import { parseStatsAddress, renderStatsAddress } from './stats-settings.ts';

const ADDRESSES: readonly (readonly [string, BindAddress])[] = [
  ['127.0.0.1:9191', { kind: 'tcp', host: '127.0.0.1', port: 9191 }],
  [':9191', { kind: 'tcp', host: '0.0.0.0', port: 9191 }],
  ['[::1]:9191', { kind: 'tcp', host: '::1', port: 9191 }],
  ['/run/stats.sock', { kind: 'unix', path: '/run/stats.sock' }],
  ['./stats:1', { kind: 'unix', path: './stats:1' }],
  ['unix:stats.sock', { kind: 'unix', path: 'stats.sock' }],
  ['@stats', { kind: 'unix', path: '@stats' }],
];

test('parseStatsAddress() reads what uWSGI takes, and what renderStatsAddress() writes', () => {
  for (const [text, address] of ADDRESSES) {
    deepEqual(parseStatsAddress(text), { ok: true, value: address }, text);
    deepEqual(parseStatsAddress(renderStatsAddress(address)), { ok: true, value: address }, text);
  }
});

test('parseStatsAddress() says what an address looks like', () => {
  const parsed = parseStatsAddress('a b');
  equal(parsed.ok, false);
  match(parsed.ok ? '' : parsed.fault, /HOST:PORT.*@NAME/);
  equal(parseStatsAddress('').ok, false);
});
