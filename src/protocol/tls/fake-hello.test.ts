import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { extension, helloMessage, helloRecords } from './fake-hello.ts';

test('helloRecords() cuts a message into records', () => {
  const message = helloMessage([extension(10, 'abc')]);
  equal(helloRecords(message).length, message.length + 5);
  equal(helloRecords(message, 10).length, message.length + Math.ceil(message.length / 10) * 5);
});
