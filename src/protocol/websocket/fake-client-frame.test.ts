import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { clientClose, clientFrame } from './fake-client-frame.ts';

test('clientFrame() makes the frames of RFC 6455 5.7', () => {
  equal(clientFrame({ opcode: 1, payload: 'Hello' }).toString('hex'), '818537fa213d7f9f4d5158');
  equal(clientFrame({ opcode: 1, payload: 'Hello', key: undefined }).toString('hex'), '810548656c6c6f');
  equal(clientFrame({ opcode: 10, payload: 'Hello' }).toString('hex'), '8a8537fa213d7f9f4d5158');
  equal(clientFrame({ opcode: 1, payload: 'Hel', isFinal: false, key: undefined }).toString('hex'), '010348656c');
});

test('clientFrame() makes lengths of every form, also false ones', () => {
  const headOf = (declared: number, lengthBytes?: 0 | 2 | 8): string =>
    clientFrame({
      opcode: 2,
      declared,
      key: undefined,
      ...(lengthBytes === undefined ? {} : { lengthBytes }),
    }).toString('hex');
  equal(headOf(125), '827d');
  equal(headOf(126), '827e007e');
  equal(headOf(65_536), '827f0000000000010000');
  equal(headOf(2, 2), '827e0002');
  equal(headOf(2, 8), '827f0000000000000002');
});

test('clientFrame() sets reserved bits', () => {
  equal(clientFrame({ opcode: 1, reserved: 4, key: undefined }).toString('hex'), 'c100');
  equal(clientFrame({ opcode: 1, reserved: 3, key: undefined }).toString('hex'), 'b100');
});

test('clientClose() has a code and a reason, or nothing', () => {
  equal(clientClose().toString('hex'), '888037fa213d');
  equal(clientClose(1000, 'a').toString('hex'), '888337fa213d341240');
});
