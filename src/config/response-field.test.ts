import { deepEqual, match } from 'node:assert/strict';
import { test } from 'node:test';
import { parseResponseField } from './response-field.ts';

test('parseResponseField() takes name and value apart', () => {
  for (const [text, field] of [
    ['X-A:b', ['X-A', 'b']],
    ['X-A: b c: d ', ['X-A', 'b c: d']],
    ['Server:', ['Server', '']],
  ] as const) {
    deepEqual(parseResponseField(text), { ok: true, value: field });
  }
});

test('parseResponseField() refuses what is no field, or not for others to write', () => {
  for (const [text, reason] of [
    ['X-A', /is not of the form NAME:VALUE/],
    [':b', /is not of the form/],
    ['X A: b', /is not of the form/],
    ['X-A: b\r\nSet-Cookie: c', /^"X-A: b\\r\\nSet-Cookie: c" is not of the form/],
    ['X-A: \u00e4', /is not of the form/],
    ['content-length: 5', /^content-length is a field that the server writes itself$/],
    ['Date: today', /^Date is/],
  ] as const) {
    const parsed = parseResponseField(text);
    match(parsed.ok ? 'taken' : parsed.fault, reason, text);
  }
});
