import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { newTrafficRows, Traffic } from './traffic.ts';

test('numbers are those of all threads together', () => {
  const rows = newTrafficRows(2);
  const connections = Int32Array.of(4);
  const [first, second] = [new Traffic(rows, connections, 0), new Traffic(rows, connections, 1)];
  first.noteConnection(true);
  first.noteConnection(false);
  second.noteConnection(true);
  first.beginRequest();
  second.beginRequest();
  second.endRequest();
  second.countReading = () => 1;
  second.tellReading();
  const expected = { active: 4, accepted: 3, handled: 2, requests: 2, reading: 1, writing: 1, waiting: 2 };
  deepEqual(first.numbers(), expected);
  deepEqual(second.numbers(), expected);
});

test('a connection that has gone before its request is over does not make a number negative', () => {
  const traffic = new Traffic(newTrafficRows(1), Int32Array.of(0), 0);
  traffic.beginRequest();
  deepEqual(traffic.numbers().waiting, 0);
});
