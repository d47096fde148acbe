import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ENDED, exitCodeOf } from './exit-codes.ts';

test("exitCodeOf() gives gunicorn's codes for an application that cannot be loaded, and uWSGI's", () => {
  const all = Object.values(ENDED);
  assert.deepEqual(
    all.map((code) => exitCodeOf('portico', code)),
    [1, 2, 3, 3],
  );
  assert.deepEqual(
    all.map((code) => exitCodeOf('gunicorn', code)),
    [1, 1, 3, 4],
  );
  assert.deepEqual(
    all.map((code) => exitCodeOf('uwsgi', code)),
    [1, 1, 22, 22],
  );
  assert.deepEqual([exitCodeOf('gunicorn', 0), exitCodeOf('uwsgi', 70)], [0, 70]);
});
