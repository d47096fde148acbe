import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { renderServeHelp } from '../help/help.ts';
import { renderServeReference } from './serve-reference.ts';

test('docs/reference/serve.md is what the settings table says', () => {
  const page = readFileSync(new URL('../../../docs/reference/serve.md', import.meta.url), 'utf8');
  assert.equal(page, renderServeReference(), 'run node tools/reference.ts');
});

test('renderServeHelp() fits a terminal of 120 columns and hides what is for tests', () => {
  const help = renderServeHelp();
  const long = help.split('\n').filter((line) => line.length > 120);
  assert.deepEqual(long, []);
  assert.doesNotMatch(help, /program PATH/);
  assert.match(help, /-b, --bind ADDRESS {2,}Where to listen/);
});
