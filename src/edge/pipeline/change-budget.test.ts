import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { ChangeBudget } from './change-budget.ts';

test('a request may be sent on ten times; the eleventh is a cycle, which is logged with its path escaped', () => {
  const lines: string[] = [];
  const changes = new ChangeBudget();
  const route = { path: '/a\n', log: (level: string, message: string) => void lines.push(`${level} ${message}`) };
  for (let count = 0; count < 10; count += 1) {
    equal(changes.take(route), true);
    equal(changes.isSpent, false);
  }
  equal(changes.take(route), false);
  equal(changes.isSpent, true);
  deepEqual(lines, ['error rewrite or internal redirection cycle while processing "/a\\x0A"']);
});
