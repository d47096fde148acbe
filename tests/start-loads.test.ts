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

/** Files of ours that are loaded when one of them is. */
function filesLoadedBy(file: string): string[] {
  const program = `import { registerHooks } from 'node:module';
    const urls = [];
    registerHooks({ load: (url, context, next) => { urls.push(url); return next(url, context); } });
    await import(${JSON.stringify(new URL(file, import.meta.url).href)});
    console.log(JSON.stringify(urls));`;
  const env = { PATH: process.env['PATH'] };
  const list = execFileSync(process.execPath, ['--input-type=module', '--eval', program], { env, encoding: 'utf8' });
  const root = new URL('../', import.meta.url).href;
  return (JSON.parse(list) as string[]).map((url) => url.replace(root, ''));
}

/** What sites with rules are made of, and the languages of files that are no command line. */
const OF_RULES =
  /^src\/(?:kernel\/regex|config\/(?:dialects\/nginx|toml)|edge\/(?:plan\/compile|pipeline\/(?:rewrite|steps|access)))/;

for (const file of ['../src/cli/commands/serve.ts', '../src/edge/main.ts']) {
  test(`${file} loads nothing that only sites with rules need`, () => {
    const loaded = filesLoadedBy(file);
    assert.deepEqual(
      loaded.filter((path) => OF_RULES.test(path)),
      [],
    );
    // The test sees what is loaded.
    assert.ok(loaded.length > 20, loaded.join('\n'));
  });
}
