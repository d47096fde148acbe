import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { collectGarbage } from './garbage.ts';

const GARBAGE = join(import.meta.dirname, 'garbage.ts');

test('collectGarbage() does nothing where Node was started without --expose-gc', () => {
  assert.doesNotThrow(() => collectGarbage());
});

test('collectGarbage() gives back what nobody holds any more', () => {
  const script = `
    import { collectGarbage } from ${JSON.stringify(GARBAGE)};
    let text = Array.from({ length: 200_000 }, (_, index) => 'text ' + index);
    const before = process.memoryUsage().heapUsed;
    text = undefined;
    collectGarbage();
    console.log(process.memoryUsage().heapUsed < before - 5_000_000);`;
  const run = spawnSync(process.execPath, ['--expose-gc', '--input-type=module', '--eval', script], {
    encoding: 'utf8',
  });
  assert.equal(run.stdout, 'true\n', run.stderr);
});
