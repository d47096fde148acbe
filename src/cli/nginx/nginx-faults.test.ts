import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Diagnostic } from '../../config/diagnostic.ts';
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

test('what does not run yet is told once for each reason, and what else has it is named', () => {
  const said: string[] = [];
  const log = {
    say: (level: string, message: string) => said.push(`[${level}] ${message}`),
    tell: (text: string) => said.push(text),
  };
  const later = (name: string, line: number, hint: string): Diagnostic => ({
    severity: 'warning',
    code: 'nginx.later',
    place: { kind: 'file', file: '/a', line, column: 1, length: 4 },
    message: `"${name}" directive has no effect yet`,
    hint,
  });
  tellFaults(
    [
      later('b', 1, 'To come.'),
      later('b', 2, 'To come.'),
      ...Array.from({ length: 12 }, (_, at) => later(`c${at}`, at, 'To come.')),
      later('d', 5, 'Not at all.'),
    ],
    log,
  );
  const names = Array.from({ length: 10 }, (_, at) => `"c${at}"`).join(', ');
  assert.deepEqual(said, [
    '[warn] "b" directive has no effect yet in /a:1',
    `  To come. The same holds for ${names} and 2 more.`,
    '[warn] "d" directive has no effect yet in /a:5',
    '  Not at all.',
  ]);
});
