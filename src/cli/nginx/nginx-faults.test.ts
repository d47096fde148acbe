import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tellFaults } from './nginx-faults.ts';

test('every fault is told with its place, and the way out in a line of its own', () => {
  const said: string[] = [];
  const log = {
    say: (level: string, message: string) => said.push(`[${level}] ${message}`),
    tell: (text: string) => said.push(text),
  };
  const place = { kind: 'file', file: '/etc/nginx/nginx.conf', line: 3, column: 5, length: 4 } as const;
  const code = 'nginx.file';
  tellFaults(
    [
      { severity: 'error', code, place, message: 'unknown directive "lisen"', hint: 'Did you mean "listen"?' },
      { severity: 'warning', code, place: { kind: 'flag', name: '-g' }, message: 'careful' },
      { severity: 'error', code, place: { kind: 'flag', name: '-c' }, message: 'open() "/a" failed (2: b)' },
      { severity: 'info', code, place, message: 'nothing to worry about', hint: 'unheard' },
    ],
    log,
  );
  assert.deepEqual(said, [
    '[emerg] unknown directive "lisen" in /etc/nginx/nginx.conf:3',
    '  Did you mean "listen"?',
    '[warn] careful in command line',
    '[emerg] open() "/a" failed (2: b)',
    '[info] nothing to worry about in /etc/nginx/nginx.conf:3',
  ]);
});
