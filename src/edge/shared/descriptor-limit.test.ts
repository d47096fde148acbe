import { equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { connectionsPossible, parseDescriptorLimit, readDescriptorLimit } from './descriptor-limit.ts';

test('parseDescriptorLimit() takes the soft limit', () => {
  const head = 'Limit                     Soft Limit           Hard Limit           Units     \n';
  equal(
    parseDescriptorLimit(`${head}Max open files            1024                 524288               files     \n`),
    1024,
  );
  equal(
    parseDescriptorLimit(`${head}Max open files            unlimited            unlimited            files     \n`),
    Infinity,
  );
  equal(parseDescriptorLimit(''), Infinity);
});

test('readDescriptorLimit() reads that of this process', {
  skip: process.platform !== 'linux' && 'only Linux has /proc/self/limits',
}, () => {
  ok(readDescriptorLimit() >= 256);
});

test('connectionsPossible() leaves an eighth for everything else, and some at least', () => {
  equal(connectionsPossible(8000), 7000);
  equal(connectionsPossible(256), 192);
  equal(connectionsPossible(40), 1);
  equal(connectionsPossible(Infinity), Infinity);
});
