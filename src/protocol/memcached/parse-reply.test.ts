import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMemcachedReply } from './parse-reply.ts';

test('a value has flags and a length', () => {
  assert.deepEqual(parseMemcachedReply('VALUE /a 4294967295 8', '/a'), {
    kind: 'value',
    flags: 4_294_967_295,
    bytes: 8,
  });
  assert.deepEqual(parseMemcachedReply('END', '/a'), { kind: 'absent' });
});

test('what is not the answer to this key is told apart', () => {
  const cases: Record<string, string> = {
    '': 'response',
    ERROR: 'response',
    'END ': 'response',
    'SERVER_ERROR out of memory': 'response',
    'value /a 0 8': 'response',
    'VALUE /b 0 8': 'key',
    'VALUE /ab 0 8': 'key',
    'VALUE ': 'key',
    'VALUE /a': 'flags',
    'VALUE /a  8': 'flags',
    'VALUE /a x 8': 'flags',
    'VALUE /a -1 8': 'flags',
    'VALUE /a 4294967296 8': 'flags',
    'VALUE /a 0': 'length',
    'VALUE /a 0 8x': 'length',
    'VALUE /a 0 -8': 'length',
    'VALUE /a 0 8 ': 'length',
    'VALUE /a 0 8 17': 'length',
    'VALUE /a 0 9007199254740993': 'length',
  };
  for (const [line, about] of Object.entries(cases)) {
    assert.deepEqual(parseMemcachedReply(line, '/a'), { kind: 'invalid', about }, line);
  }
});
