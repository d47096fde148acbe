import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { renderNginxReference } from './nginx-reference.ts';

test('docs/reference/nginx.md is what the table of directives says', () => {
  const page = readFileSync(new URL('../../../docs/reference/nginx.md', import.meta.url), 'utf8');
  assert.equal(page, renderNginxReference(), 'run node tools/reference.ts');
});
