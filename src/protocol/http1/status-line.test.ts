import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFault } from './faults.ts';
import { parseStatusLine } from './status-line.ts';

test('parseStatusLine() reads version, status and reason', () => {
  assert.deepEqual(parseStatusLine('HTTP/1.1 200 All is well'), { minor: 1, status: 200, reason: 'All is well' });
  assert.deepEqual(parseStatusLine('HTTP/1.0 404 '), { minor: 0, status: 404, reason: '' });
  assert.deepEqual(parseStatusLine('HTTP/1.3 999'), { minor: 1, status: 999, reason: '' });
});

test('parseStatusLine() refuses anything else', () => {
  const cases: Record<string, string> = {
    'HTTP/2.0 200 OK': 'http1.unsupported-version',
    'HTTP/1.1 200 O\rK': 'http1.bare-line-break',
    'HTTP/1.1 200 O\0K': 'http1.bad-status-line',
    'HTTP/1.1 099 OK': 'http1.bad-status-line',
    'HTTP/1.1 20 OK': 'http1.bad-status-line',
    'HTTP/1.1 2000 OK': 'http1.bad-status-line',
    'HTTP/1.1  200 OK': 'http1.bad-status-line',
    'http/1.1 200 OK': 'http1.bad-status-line',
    'ICY 200 OK': 'http1.bad-status-line',
  };
  for (const [line, code] of Object.entries(cases)) {
    const parsed = parseStatusLine(line);
    assert.equal(isFault(parsed) ? parsed.code : undefined, code, line);
  }
});
