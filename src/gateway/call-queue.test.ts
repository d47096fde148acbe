import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { Call } from './call.ts';
import { CallQueue } from './call-queue.ts';

/** The queue looks at nothing else. */
function call(name: string): Call {
  return { name, isOver: false } as unknown as Call;
}

test('CallQueue gives calls in their order, those put back first', () => {
  const counts: number[] = [];
  const queue = new CallQueue(10, (count) => counts.push(count));
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(call) as [Call, Call, Call, Call];
  queue.push(c);
  queue.push(d);
  queue.putBack([a, b]);
  const order: unknown[] = [];
  for (let next = queue.peek(); next !== undefined; next = queue.peek()) {
    order.push(next);
    queue.shift();
  }
  deepEqual(order, [a, b, c, d]);
  deepEqual(counts, [1, 2, 3, 4, 3, 2, 1, 0]);
});

test('CallQueue passes over calls that were dropped and does not count them', () => {
  const queue = new CallQueue(2, () => undefined);
  const gone = call('gone');
  const kept = call('kept');
  queue.push(gone);
  queue.push(kept);
  equal(queue.isFull, true);
  (gone as { isOver: boolean }).isOver = true;
  queue.onDropped();
  equal(queue.isFull, false);
  equal(queue.peek(), kept);
});

test('CallQueue does not grow with calls that come and leave', () => {
  const queue = new CallQueue(2, () => undefined);
  const first = call('first');
  queue.push(first);
  for (let n = 0; n < 100; n += 1) {
    const passing = call(`${n}`);
    queue.push(passing);
    (passing as { isOver: boolean }).isOver = true;
    queue.onDropped();
  }
  equal(queue.count, 1);
  equal(queue.peek(), first);
});

test('CallQueue gives away what waits and what comes, while nobody is to be served', () => {
  const counts: number[] = [];
  const queue = new CallQueue(1, (count) => counts.push(count));
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(call) as [Call, Call, Call, Call];
  const given: Call[] = [];
  queue.push(a);
  queue.giveAll((each) => given.push(each));
  queue.push(b);
  queue.putBack([c]);
  deepEqual(given, [a, b, c]);
  deepEqual([queue.count, queue.isFull], [0, false]);
  queue.admitAll();
  queue.push(d);
  deepEqual([queue.peek(), queue.isFull], [d, true]);
  deepEqual(counts, [1, 0, 1]);
});
