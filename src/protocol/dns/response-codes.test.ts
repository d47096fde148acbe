import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { describeCode, NO_SUCH_NAME, TIMED_OUT } from './response-codes.ts';

test('failures have the numbers and the words of nginx', () => {
  deepEqual([NO_SUCH_NAME, TIMED_OUT, 2, 9].map(describeCode), [
    '3: Host not found',
    '110: Operation timed out',
    '2: Server failure',
    '9: Unknown error',
  ]);
});
