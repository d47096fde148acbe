import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderLogLines } from './log-line.ts';
import { parseLogLine } from './parse-log-line.ts';

test('parseLogLine() reads what renderLogLines() writes, and leaves another line whole', () => {
  const event = { level: 'warning', message: 'a: b', traceback: '' } as const;
  const line = renderLogLines(0, { pid: 7, name: 'shop:w1' }, event).trimEnd();
  const { time, ...rest } = parseLogLine(line);
  assert.match(time, /^19\d\d-\d\d-\d\d \d\d:\d\d:00\.000 [+-]\d{4}$|^1970-/);
  assert.deepEqual(rest, { level: 'warning', name: 'shop:w1', pid: 7, message: 'a: b' });
  assert.deepEqual(parseLogLine('x'), { time: '', level: '', name: '', pid: 0, message: 'x' });
});
