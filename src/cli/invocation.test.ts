import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readInvocation } from './invocation.ts';

test('readInvocation() gives back what the launcher has kept from Node', () => {
  const env = { A: '1', PORTICO_BIND: ':80', PORTICO_HELD_NODE_OPTIONS: '--x', NODE_COMPILE_CACHE: '/ours' };
  assert.deepEqual(readInvocation(['=serve', '=--env-file', '=', '=='], env), {
    args: ['serve', '--env-file', '', '='],
    env: { A: '1', PORTICO_BIND: ':80', NODE_OPTIONS: '--x' },
  });
  const held = { NODE_COMPILE_CACHE: '/ours', PORTICO_HELD_NODE_COMPILE_CACHE: '/theirs' };
  assert.deepEqual(readInvocation(['=x'], held).env, { NODE_COMPILE_CACHE: '/theirs' });
});

test('readInvocation() takes everything as it stands when there was no launcher', () => {
  const env = { NODE_COMPILE_CACHE: '/theirs', PORTICO_HELD_NODE_PATH: '/x' };
  assert.deepEqual(readInvocation(['serve', '=x'], env), { args: ['serve', '=x'], env });
  assert.deepEqual(readInvocation([], env), { args: [], env });
});
