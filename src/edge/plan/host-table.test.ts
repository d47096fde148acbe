import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { HostTable } from './host-table.ts';

test('HostTable finds the site of an authority, however often and however it is written', () => {
  const table = new HostTable(
    [
      { name: { kind: 'exact', text: 'a.example' }, value: 'a' },
      { name: { kind: 'suffix', text: '.b.example' }, value: 'b' },
    ],
    'fallback',
    () => {
      throw new Error('no regex here');
    },
  );
  for (const _ of ['first', 'remembered']) {
    equal(table.findFor('a.example')?.value, 'a');
    equal(table.findFor('A.example.:8080')?.value, 'a');
    equal(table.findFor('x.b.example')?.value, 'b');
    equal(table.findFor('.b.example')?.value, 'b', 'as with nginx');
    equal(table.findFor('')?.value, 'fallback');
    equal(table.findFor('a b'), undefined);
  }
  for (let count = 0; count < 3000; count += 1) {
    equal(table.findFor(`made-up-${count}`)?.value, 'fallback');
  }
  equal(table.findFor('a.example')?.value, 'a');
});
