import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ERROR_LEVELS, isLogged, renderErrorLine } from './error-line.ts';

const AT_MS = new Date(2026, 0, 2, 3, 4, 5, 678).getTime();
const SELF = { pid: 17, tid: 18 };

test('a line has the time of the place, level, process, thread and connection', () => {
  assert.equal(renderErrorLine(AT_MS, 'emerg', SELF, 0, 'gone'), '2026/01/02 03:04:05 [emerg] 17#18: gone\n');
  assert.equal(
    renderErrorLine(new Date(2026, 10, 21, 10, 14, 33).getTime(), 'warn', SELF, 7, 'slow'),
    '2026/11/21 10:14:33 [warn] 17#18: *7 slow\n',
  );
});

test('a message stays one line, and passes beside its control bytes', () => {
  assert.match(renderErrorLine(AT_MS, 'error', SELF, 0, 'a\nb\x1b[2J\x7f\tc é"'), /: a\\x0Ab\\x1B\[2J\\x7F\tc é"\n$/);
});

test('a log has the lines of its level and of graver ones', () => {
  assert.deepEqual(
    ERROR_LEVELS.filter((level) => isLogged(level, 'error')),
    ['emerg', 'alert', 'crit', 'error'],
  );
  assert.deepEqual(
    ERROR_LEVELS.filter((level) => isLogged(level, 'debug')),
    [...ERROR_LEVELS],
  );
});
