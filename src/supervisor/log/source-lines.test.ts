import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { nameSources } from './source-lines.ts';

const ROOT = mkdtempSync(join(tmpdir(), 'sources ü '));
after(() => rmSync(ROOT, { recursive: true }));
mkdirSync(join(ROOT, 'edge'));
/** One line that comes from line 2, column 3 of its source, and another from line 3. */
const MAP = { version: 3, sources: ['../../src/edge/thread.ts'], names: [], mappings: 'AACE;AACA' };
writeFileSync(join(ROOT, 'edge/chunk-A.js.map'), JSON.stringify(MAP));
writeFileSync(join(ROOT, 'edge/broken.js.map'), '{');
const url = (path: string): string => pathToFileURL(join(ROOT, path)).href;

test('nameSources() puts the lines of the sources in the place of those of the bundle', () => {
  const trace = `Error: x\n    at A.run (${url('edge/chunk-A.js')}:1:9)\n    at async ${url('edge/chunk-A.js')}:2:1`;
  assert.equal(
    nameSources(trace, ROOT),
    'Error: x\n    at A.run (src/edge/thread.ts:2:3)\n    at async src/edge/thread.ts:3:3',
  );
});

test('nameSources() leaves alone what is not ours, or has no map', () => {
  for (const text of [
    `at ${url('edge/without.js')}:1:1`,
    `at ${url('edge/broken.js')}:1:1`,
    `at ${url('edge/chunk-A.js.map')}:1:1`,
    `at ${url('chunk-A.js')}:1:1`,
    `at ${url('edge/../../chunk-A.js')}:1:1`,
    'at file:///%zz/a/b.js:1:1',
    'at file:///a%2Fb/c.js:1:1',
    'at node:internal/timers:1:1',
    'nothing',
  ]) {
    assert.equal(nameSources(text, ROOT), text);
  }
});

test('nameSources() has nothing to do where the sources run', () => {
  const trace = `at ${url('edge/chunk-A.js')}:1:9`;
  assert.equal(nameSources(trace), trace);
});
