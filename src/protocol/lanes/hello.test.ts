import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { parseHello } from './hello.ts';

const HELLO = {
  app: 'site',
  secret: 's',
  role: 'requests',
  worker: 3,
  name: 'w2',
  unit: 1,
  slot: 9,
  pid: 77,
  kind: 'asgi',
  capacity: 100,
  stream: 7,
};

test('parseHello() reads what a worker says and leaves what it does not know', () => {
  deepEqual(parseHello(JSON.stringify({ ...HELLO, versions: {} })), HELLO);
  deepEqual(
    parseHello(
      '{"app":"site","secret":"s","role":"control","worker":3,"name":"w2","pid":77,"kind":"asgi","capacity":100}',
    ),
    {
      ...HELLO,
      role: 'control',
      unit: 0,
      slot: 0,
      stream: 0,
    },
  );
});

test('parseHello() refuses everything else', () => {
  for (const text of [
    '',
    'null',
    '[]',
    '{}',
    '{',
    JSON.stringify({ ...HELLO, role: 'boss' }),
    JSON.stringify({ ...HELLO, kind: 'other' }),
    JSON.stringify({ ...HELLO, capacity: -1 }),
    JSON.stringify({ ...HELLO, stream: -1 }),
    JSON.stringify({ ...HELLO, name: 2 }),
    JSON.stringify({ ...HELLO, name: 'w2\n' }),
    JSON.stringify({ ...HELLO, slot: -1 }),
    JSON.stringify({ ...HELLO, pid: '77' }),
    JSON.stringify({ ...HELLO, secret: 5 }),
    JSON.stringify({ ...HELLO, worker: 1.5 }),
  ]) {
    equal(parseHello(text), undefined, text);
  }
});
