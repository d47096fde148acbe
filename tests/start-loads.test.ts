// A start loads what it needs, and nothing that only some servers need.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';

/** Parts of Node that take a start a millisecond or more each, in every process, and their memory as long as it runs. */
const LATE = ['assert', 'crypto', 'dns', 'module', 'tls', 'worker_threads', 'zlib'];

/** Parts of Node that are loaded when a file of ours is. */
function partsLoadedBy(file: string): Set<string> {
  const program = `await import(${JSON.stringify(new URL(file, import.meta.url).href)});
    console.log(JSON.stringify(process.moduleLoadList));`;
  const env = { PATH: process.env['PATH'] };
  const list = execFileSync(process.execPath, ['--input-type=module', '--eval', program], { env, encoding: 'utf8' });
  return new Set((JSON.parse(list) as string[]).map((name) => name.replace('NativeModule ', '')));
}

/** `--eval` itself loads some parts, so what it loads without a file of ours does not count. */
const LOADED_BY_NODE = partsLoadedBy('../src/kernel/clock.ts');

for (const file of ['../src/cli/commands/serve.ts', '../src/edge/thread.ts']) {
  test(`${file} loads no part of Node that only some servers need`, () => {
    const loaded = partsLoadedBy(file);
    assert.deepEqual(
      LATE.filter((name) => loaded.has(name) && !LOADED_BY_NODE.has(name)),
      [],
    );
    // The test sees what is loaded.
    assert.ok(loaded.has('net'));
  });
}
