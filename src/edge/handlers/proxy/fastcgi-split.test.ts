import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { askFake } from './fake-proxied.ts';
import { compileSplitPath } from './fastcgi-split.ts';
import type { ScriptPath } from './script-path.ts';

function split(path: string, pattern?: string): ScriptPath | undefined {
  const splitsPath = pattern === undefined ? {} : { splitsPath: { text: pattern, isCaseless: false } };
  return askFake({}, '/', (compilation) => {
    const compiled = compileSplitPath(
      { fastcgi: { index: 'index.php', keepsConnection: false, faults: [], ...splitsPath } },
      compilation,
    );
    return () => compiled?.(path);
  }).made;
}

test('a path is a script, and a folder has an index', () => {
  deepEqual(split('/a.php'), { script: '/a.php', info: '' });
  deepEqual(split('/folder/'), { script: '/folder/index.php', info: '' });
});

test('a pattern says where the script ends', () => {
  deepEqual(split('/a.php/more/x', '^(.+\\.php)(.*)$'), { script: '/a.php', info: '/more/x' });
  deepEqual(split('/none/more', '^(.+\\.php)(.*)$'), { script: '/none/more', info: '' });
});

test('a location that asks no FastCGI server has none', () => {
  equal(askFake({}, '/', (compilation) => () => compileSplitPath({}, compilation)).made, undefined);
});
