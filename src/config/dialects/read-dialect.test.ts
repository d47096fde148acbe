import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HYPERCORN } from './hypercorn.ts';
import { faultsOf, read, requestOf } from './spoken.ts';
import { UVICORN } from './uvicorn.ts';

const PAIRS = { UVICORN_PORT: '82', PORTICO_BIND: ':81', PORTICO_KEEP_ALIVE: '9', PORTICO_TIMEOUT: '60' };

test('readDialect() prefers options to variables, these to ours, and ours to defaults', () => {
  const given = requestOf(UVICORN, ['a:b', '--timeout-keep-alive', '7'], { env: PAIRS }).options;
  assert.deepEqual(given.binds, [{ kind: 'tcp', host: '127.0.0.1', port: 82 }]);
  assert.deepEqual([given.keepAliveMs, given.timeoutMs], [7000, 60_000]);
  const { UVICORN_PORT: _, ...ours } = PAIRS;
  const other = requestOf(UVICORN, ['a:b'], { env: ours }).options;
  assert.deepEqual(other.binds, [{ kind: 'tcp', host: '0.0.0.0', port: 81 }]);
  assert.deepEqual([other.keepAliveMs, other.workers], [9000, 1]);
});

test('readDialect() tells faults of our variables as well, all at once', () => {
  const env = { PORTICO_TIMEOUT: 'x', PORTICO_TIMEUOT: '1', UVICORN_WORKERS: 'x' };
  assert.deepEqual(faultsOf(UVICORN, ['a:b', '--prot', '1'], { env }).toSorted(), [
    'dialect.invalid UVICORN_WORKERS',
    'dialect.unknown-option --prot',
    'settings.invalid PORTICO_TIMEOUT',
  ]);
  assert.deepEqual(faultsOf(UVICORN, ['a:b'], { env, severity: 'warning' }), [
    'settings.unknown-variable PORTICO_TIMEUOT',
  ]);
});

test('readDialect() wants an application', () => {
  assert.deepEqual(faultsOf(UVICORN, []), ['dialect.missing-application APP']);
  assert.deepEqual(faultsOf(HYPERCORN, []), ['dialect.missing-application application']);
  assert.equal(requestOf(UVICORN, [], { env: { UVICORN_APP: 'a:b' } }).app, 'a:b');
});

test('readDialect() sees what contradicts itself', () => {
  assert.deepEqual(faultsOf(HYPERCORN, ['a:b', '-b', ':1', '-b', '0.0.0.0:1']), ['dialect.conflict 0.0.0.0:1']);
  assert.deepEqual(faultsOf(HYPERCORN, ['a:b', '-b', ':0', '-b', ':0']), []);
  assert.deepEqual(faultsOf(UVICORN, ['a:b', '--limit-max-requests-jitter', '5'], { severity: 'warning' }), [
    'dialect.conflict jitter',
  ]);
});

test('readDialect() does not take a variable of another program for a slip', () => {
  const { diagnostics } = read(HYPERCORN, ['a:b'], { env: { HYPERCORN_ANYTHING: '1', UVICORN_PROT: '1' } });
  assert.deepEqual(diagnostics, [], 'hypercorn has no variables');
});
