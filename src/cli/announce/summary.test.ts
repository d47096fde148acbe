import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderBlock, renderLines } from './summary.ts';

const SUMMARY = {
  head: 'It is ready',
  rows: [
    ['listening', 'one'],
    ['listening', 'two'],
    ['app', 'site'],
  ],
  warnings: ['mend it'],
} as const;

test('renderBlock() says a label that repeats once, and has colours where they are wanted', () => {
  assert.equal(
    renderBlock(SUMMARY, false),
    'It is ready\n  listening  one\n             two\n  app        site\n  warning: mend it\n',
  );
  assert.equal(
    renderBlock(SUMMARY, true),
    '\x1b[1mIt is ready\x1b[0m\n  listening  one\n             two\n  app        site\n  \x1b[33mwarning:\x1b[0m mend it\n',
  );
});

test('renderLines() makes each line one that is understood alone', () => {
  assert.deepEqual(renderLines(SUMMARY), [
    { level: 'info', text: 'It is ready' },
    { level: 'info', text: 'listening: one' },
    { level: 'info', text: 'listening: two' },
    { level: 'info', text: 'app: site' },
    { level: 'warning', text: 'mend it' },
  ]);
});

test('renderBlock() lets no name of a folder speak to the terminal, or pass for a line of its own', () => {
  const evil = 'a\x1b[31m\nERROR x/manage.py';
  const shown = renderBlock({ head: 'It is ready', rows: [['app', evil]], warnings: [evil] }, false);
  assert.equal(
    shown,
    'It is ready\n  app        a\\x1b[31m\\x0aERROR x/manage.py\n  warning: a\\x1b[31m\\x0aERROR x/manage.py\n',
  );
});
