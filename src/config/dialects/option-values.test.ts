import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Outcome } from '../../kernel/outcome.ts';
import {
  readBoolean,
  readFractionalSeconds,
  readHeadBytes,
  readHost,
  readInteger,
  readSeconds,
  readSocketPath,
} from './option-values.ts';

const FAULT = new Error('a fault is expected');

function reads<T>(parse: (text: string) => Outcome<T>, cases: Record<string, T | Error>): void {
  for (const [text, expected] of Object.entries(cases)) {
    const parsed = parse(text);
    if (expected instanceof Error) {
      assert.equal(parsed.ok, false, text);
    } else {
      assert.deepEqual(parsed, { ok: true, value: expected }, text);
    }
  }
}

test('numbers are read as Python reads them, and have bounds', () => {
  reads(readInteger(1, 10), {
    '1': 1,
    '+7': 7,
    '10': 10,
    '0': FAULT,
    '11': FAULT,
    '-1': FAULT,
    '1.0': FAULT,
    '': FAULT,
  });
  reads(readSeconds(0), { '0': 0, '5': 5000, '1.5': FAULT, '5s': FAULT, '-1': FAULT });
  reads(readFractionalSeconds(1), { '20.0': 20_000, '0.25': 250, '1.': 1000, '0': FAULT, '.5': FAULT, '1m': FAULT });
  reads(readFractionalSeconds(0), { '0': 0, '0.12345': 123, '9999999': FAULT });
});

test('a boolean is written in many ways', () => {
  reads(readBoolean, { true: true, T: true, '1': true, YES: true, on: true, y: true });
  reads(readBoolean, { false: false, f: false, '0': false, no: false, OFF: false, n: false, '': FAULT, '2': FAULT });
});

test('hosts and sockets are told from what is neither', () => {
  reads(readHost, { '::': '::', '[::1]': '::1', localhost: 'localhost', '': FAULT, 'a b': FAULT, 'http://x': FAULT });
  reads(readSocketPath, {
    '/run/a': { kind: 'unix', path: '/run/a' },
    '': FAULT,
    '/run/': FAULT,
    [`/${'x'.repeat(107)}`]: FAULT,
  });
});

test('a larger head than the edge takes is refused', () => {
  assert.equal(readHeadBytes('16384').ok, true);
  assert.equal(readHeadBytes('32769').ok, false);
  assert.equal(readHeadBytes('x').ok, false);
});
