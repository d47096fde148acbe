import { deepEqual, equal, match } from 'node:assert/strict';
import { test } from 'node:test';
import type { AccessEntry } from './line.ts';
import { clfDate, escapeLog, renderCombined, renderJson } from './line.ts';

const ENTRY: AccessEntry = {
  address: '192.0.2.1',
  atMs: Date.UTC(2026, 10, 21, 10, 4, 33),
  method: 'GET',
  target: '/a?b="c"',
  refusedLine: '',
  version: 11,
  status: 200,
  bodyBytes: 11,
  referer: '',
  userAgent: 'evil\r\n\x1b[2J"\xff',
  host: 'example.org',
  requestId: 'abc',
  tookMs: 12.3456,
  queueMs: 0.5,
  appMs: -1,
};

test('escapeLog() leaves nothing that breaks a line or moves a cursor', () => {
  equal(escapeLog('a"b\\c\n\x7f\xe9'), 'a\\x22b\\x5Cc\\x0A\\x7F\\xE9');
});

test("clfDate() is Apache's, in UTC", () => {
  equal(clfDate(Date.UTC(2026, 0, 2, 3, 4, 5)), '02/Jan/2026:03:04:05 +0000');
});

test('renderCombined() writes one line with the times and the request id', () => {
  equal(
    renderCombined(ENTRY),
    '192.0.2.1 - - [21/Nov/2026:10:04:33 +0000] "GET /a?b=\\x22c\\x22 HTTP/1.1" 200 11 "-" "evil\\x0D\\x0A\\x1B[2J\\x22\\xFF" 0.012346 0.000500 - abc\n',
  );
  equal(
    renderCombined({ ...ENTRY, method: '', userAgent: '', address: '', requestId: '' }).startsWith(
      '- - - [21/Nov/2026:10:04:33 +0000] "-" 200',
    ),
    true,
  );
});

test('renderCombined() and renderJson() have what came in the place of a request line', () => {
  const entry = { ...ENTRY, method: '', target: '', refusedLine: '\x16\x03"\xff' };
  match(renderCombined(entry), /\] "\\x16\\x03\\x22\\xFF" 200 /);
  const parsed = JSON.parse(renderJson(entry)) as Record<string, unknown>;
  deepEqual([parsed['method'], parsed['protocol'], parsed['requestLine']], ['', '', '\x16\x03"\xff']);
});

test('renderJson() is one line of ASCII that says the same', () => {
  const line = renderJson(ENTRY);
  equal(/^[\x20-\x7e]+\n$/.test(line), true);
  const parsed = JSON.parse(line) as Record<string, unknown>;
  deepEqual(
    [parsed['time'], parsed['target'], parsed['userAgent'], parsed['seconds'], parsed['appSeconds']],
    ['2026-11-21T10:04:33.000Z', '/a?b="c"', 'evil\r\n\x1b[2J"\xff', 0.012346, undefined],
  );
});

test('renderJson() reads what is UTF-8 as text', () => {
  const line = renderJson({ ...ENTRY, userAgent: Buffer.from('Grüße 👍').latin1Slice() });
  equal(/^[\x20-\x7e]+\n$/.test(line), true);
  equal((JSON.parse(line) as Record<string, unknown>)['userAgent'], 'Grüße 👍');
});
