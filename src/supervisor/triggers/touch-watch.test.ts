import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TouchWatch } from './touch-watch.ts';

test('a TouchWatch tells of files that have changed or come, each once, and not of those that go', () => {
  const times = new Map([['/a', 1]]);
  const told: string[] = [];
  const watch = new TouchWatch({
    touched: [
      { path: '/a', does: 'reload' },
      { path: '/b', does: 'reopen-logs' },
    ],
    changedAtMs: (path) => times.get(path),
    obey: (command, why) => told.push(`${command}: ${why}`),
  });
  watch.look();
  assert.deepEqual(told.splice(0), []);
  times.set('/a', 2).set('/b', 1);
  watch.look();
  watch.look();
  assert.deepEqual(told.splice(0), ['reload: /a was touched', 'reopen-logs: /b was touched']);
  times.delete('/a');
  watch.look();
  assert.deepEqual(told, []);
  times.set('/a', 3);
  watch.look();
  assert.equal(told.length, 1);
});
