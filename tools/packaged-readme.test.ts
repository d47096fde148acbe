import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { packagedReadme } from './packaged-readme.ts';

test('a link to a file is its text, one to another site stays, and what is marked as of the repository goes', () => {
  const readme =
    'See [`a`](docs/install.md), [b](../b.md) and [c](https://example.org/c).\n' +
    '<!-- only in the repository -->\nmake wheel\n\nmake test\n<!-- to here -->\nThe licence.\n';
  assert.equal(packagedReadme(readme), 'See `a`, b and [c](https://example.org/c).\nThe licence.\n');
});

test('that of Portico has no mark and no link to a file left', () => {
  const packaged = packagedReadme(readFileSync('README.md', 'utf8'));
  assert.doesNotMatch(packaged, /<!--|\]\((?!https:)/);
  assert.match(packaged, /portico serve/);
  assert.doesNotMatch(packaged, /\bmake \w+|\.md\b/, 'what is not in the package');
});
