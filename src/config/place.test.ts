import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atFlag, atKey, atVariable, renderPlace } from './place.ts';

test('renderPlace() says where something was said', () => {
  assert.equal(renderPlace(atFlag('--workers')), '--workers');
  assert.equal(renderPlace(atVariable('PORTICO_WORKERS')), 'PORTICO_WORKERS');
  assert.equal(renderPlace({ kind: 'file', file: 'a.conf', line: 3, column: 5, length: 2 }), 'a.conf:3:5');
  assert.equal(renderPlace(atKey('h.toml', 'a = 1\n  "b" = 2', 'b')), 'h.toml:2:4: b');
});

test('atKey() finds the line that sets a key, and falls back to the beginning of the file', () => {
  assert.deepEqual(atKey('f', '# workers\nworkers=2\nworkers_max = 3', 'workers'), {
    ...{ kind: 'file', file: 'f', line: 2, column: 1, length: 7, key: 'workers' },
  });
  assert.deepEqual(atKey('f', '', 'workers'), {
    ...{ kind: 'file', file: 'f', line: 1, column: 1, length: 7, key: 'workers' },
  });
});
