import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderCode, renderTable } from './markdown.ts';

test('renderTable() has names to the left and figures to the right', () => {
  assert.equal(
    renderTable({ head: ['server', 'rate'], rows: [['a|b', '1\n2']] }),
    '| server | rate |\n| :-- | --: |\n| a\\|b | 1 2 |',
  );
});

test('renderCode() fences a text', () => {
  assert.equal(renderCode('one\ntwo\n'), '```\none\ntwo\n```');
});
