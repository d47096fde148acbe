import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { fieldBlock } from '../../../protocol/http/fake-field-block.ts';
import { compilePassedFields } from './passed-fields.ts';

const passed = compilePassedFields(new Set(['host', 'x-said']));

function linesOf(...fields: (readonly [string, string])[]): string[] {
  return passed(fieldBlock(fields)).map(({ name, value }) => `${name}: ${value}`);
}

test('fields go as they came, but for those that are said anew', () => {
  deepEqual(
    linesOf(
      ['Host', 'x'],
      ['X-Said', 'mine'],
      ['If-None-Match', '"a"'],
      ['RANGE', 'bytes=0-'],
      ['x-a', '1'],
      ['x-a', '2'],
    ),
    ['If-None-Match: "a"', 'RANGE: bytes=0-', 'x-a: 1', 'x-a: 2'],
  );
});

test('what is of the connection or of the framing stays here, and what programs would take for their proxy', () => {
  const hop = [
    'Connection',
    'Keep-Alive',
    'Proxy',
    'Proxy-Connection',
    'TE',
    'Transfer-Encoding',
    'Upgrade',
    'Expect',
    'Content-Length',
  ];
  deepEqual(linesOf(...hop.map((name) => [name, 'x'] as const), ['Accept', '*/*']), ['Accept: */*']);
});

test('what Connection names goes no further, but for what servers believe of a proxy', () => {
  deepEqual(
    linesOf(
      ['Connection', 'close, X-Hop, Cookie'],
      ['connection', 'x-forwarded-for, Authorization'],
      ['X-Hop', '1'],
      ['Cookie', 'a=1'],
      ['X-Forwarded-For', '192.0.2.7'],
      ['Authorization', 'Basic eA=='],
    ),
    ['Cookie: a=1', 'X-Forwarded-For: 192.0.2.7', 'Authorization: Basic eA=='],
  );
});

test('several fields of cookies become one', () => {
  deepEqual(linesOf(['Cookie', 'a=1'], ['Accept', '*/*'], ['cookie', 'b=2']), ['Cookie: a=1; b=2', 'Accept: */*']);
});

test('a block that comes again is not looked at again', () => {
  const block = fieldBlock([['Accept', '*/*']]);
  equal(passed(block), passed(block));
});
