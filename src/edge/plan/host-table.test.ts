import { equal, ok, throws } from 'node:assert/strict';
import { test } from 'node:test';
import { CostlyMatch } from '../pipeline/costly-match.ts';
import { compilePattern } from './compile-pattern.ts';
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

test('HostTable gives up a host that the expressions of a thousand sites take long for', () => {
  const entries = Array.from({ length: 1000 }, (_, value) => ({
    name: { kind: 'regex', pattern: { text: `^(a+)+${value}$`, isCaseless: false } } as const,
    value,
  }));
  const table = new HostTable(entries, -1, (pattern) => compilePattern(pattern, () => 0));
  equal(table.find('aa7').value, 7);
  const { user } = process.threadCpuUsage();
  throws(() => table.findFor('a'.repeat(8000)), CostlyMatch);
  const spentMs = (process.threadCpuUsage().user - user) / 1000;
  ok(spentMs < 1000, `${spentMs} ms`);
});
