import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';

const MODULE = new URL('./process-name.ts', import.meta.url).href;

/** The short name and the title of a process that has named itself. */
function named(title: string): string[] {
  const code = `const { nameProcess } = await import('${MODULE}');
const { readFileSync } = await import('node:fs');
nameProcess('${title}');
console.log(readFileSync('/proc/self/comm', 'utf8').trim());
console.log(readFileSync('/proc/self/cmdline', 'latin1').split('\\0')[0].trimEnd());`;
  const text = execFileSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' });
  return text.trim().split('\n');
}

test('a server in the place of nginx is found by both names of nginx, another by its own', () => {
  assert.deepEqual(named('nginx: master process portico nginx'), ['nginx', 'nginx: master process portico nginx']);
  assert.deepEqual(named('portico serve shop'), ['portico serve s', 'portico serve shop']);
});
