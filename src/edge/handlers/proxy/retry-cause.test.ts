import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { isIdempotent, retryCauseOf } from './retry-cause.ts';

test('seven statuses are causes to ask another server', () => {
  const causes = [200, 304, 400, 403, 404, 429, 500, 501, 502, 503, 504]
    .map(retryCauseOf)
    .filter((cause) => cause !== undefined);
  deepEqual(causes, ['http_403', 'http_404', 'http_429', 'http_500', 'http_502', 'http_503', 'http_504']);
});

test('a method that nobody knows may do anything, so it is not sent twice', () => {
  deepEqual(['GET', 'PUT', 'DELETE'].map(isIdempotent), [true, true, true]);
  for (const method of ['POST', 'PATCH', 'LOCK', 'FROB', 'get']) {
    equal(isIdempotent(method), false, method);
  }
});
