import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { CheckQueue } from './check-queue.ts';

function taken(queue: CheckQueue<string>): string[] {
  const items: string[] = [];
  for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
    items.push(item);
  }
  return items;
}

test('CheckQueue gives clients their turns one after another', () => {
  const queue = new CheckQueue<string>({ sizeMax: 10, ofClientMax: 5 });
  for (const item of ['a1', 'a2', 'a3', 'b1', 'c1', 'c2']) {
    equal(queue.push(item.charAt(0), item), undefined);
  }
  deepEqual(taken(queue), ['a1', 'b1', 'c1', 'a2', 'c2', 'a3']);
  equal(queue.push('a', 'a4'), undefined);
  deepEqual(taken(queue), ['a4']);
});

test('CheckQueue has so many places for one client, and takes one from whoever has most when there is none', () => {
  const queue = new CheckQueue<string>({ sizeMax: 4, ofClientMax: 3 });
  for (const item of ['a1', 'a2', 'a3']) {
    queue.push('a', item);
  }
  equal(queue.push('a', 'a4'), 'a4');
  equal(queue.push('b', 'b1'), undefined);
  equal(queue.push('c', 'c1'), 'a3');
  equal(queue.push('d', 'd1'), 'a2');
  equal(queue.push('e', 'e1'), 'e1', 'all have as much');
  deepEqual(taken(queue), ['a1', 'b1', 'c1', 'd1']);
});
