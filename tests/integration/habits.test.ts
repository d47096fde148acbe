// Whoever writes another server's words is told what to write here, in a line that can be pasted, and nothing is started.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { PORTICO } from './server.ts';

function portico(...args: string[]): { readonly code: number | null; readonly said: string } {
  const { status, stderr } = spawnSync(PORTICO, args, { encoding: 'utf8' });
  return { code: status, said: stderr };
}

test('flags and commands of other servers end with the command as it is written here', () => {
  const lines: readonly (readonly [readonly string[], string])[] = [
    [['serve', 'app:app', '--host', '0.0.0.0', '--port', '80'], 'portico serve app:app --bind 0.0.0.0:80'],
    [['app:app', '--bind', ':80'], 'portico serve app:app --bind :80'],
  ];
  for (const [args, command] of lines) {
    const { code, said } = portico(...args);
    assert.equal(code, 2);
    assert.equal(said.trimEnd().split('\n').at(-1), `portico: write: ${command}`);
  }
});

test('where something else is wrong too, that is told, and no command that would fail', () => {
  const { code, said } = portico('serve', '--host', 'x', '--workers', 'many');
  assert.equal(code, 2);
  assert.match(said, /--workers: "many" is not a whole number/);
  assert.doesNotMatch(said, /write:/);
});
