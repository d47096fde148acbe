import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { PatternScanner } from './pattern-scanner.ts';

test('PatternScanner passes what is taken, matched and read', () => {
  const scanner = new PatternScanner('ab12c');
  equal(scanner.take('b'), false);
  equal(scanner.take('ab'), true);
  equal(scanner.match(/\d+/y)?.[0], '12');
  equal(scanner.match(/\d+/y), undefined);
  deepEqual(
    [scanner.peek(), scanner.peek(1), scanner.next(), scanner.isAtEnd, scanner.next()],
    ['c', '', 'c', true, ''],
  );
});

test('PatternScanner keeps the first fault and is at the end from then on', () => {
  const scanner = new PatternScanner('abc');
  scanner.next();
  scanner.fail('one');
  scanner.fail('two', 'unsupported', 99);
  deepEqual(scanner.fault, { message: 'one', offset: 1, kind: 'invalid' });
  equal(scanner.isAtEnd, true);
});
