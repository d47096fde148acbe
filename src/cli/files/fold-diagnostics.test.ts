import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Diagnostic } from '../../config/diagnostic.ts';
import { foldDiagnostics } from './fold-diagnostics.ts';

function told(code: Diagnostic['code'], severity: Diagnostic['severity'], line: number, file = 'a.conf'): Diagnostic {
  return { severity, code, place: { kind: 'file', file, line, column: 1, length: 1 }, message: 'why', hint: 'way out' };
}

function times(count: number, make: (line: number) => Diagnostic): readonly Diagnostic[] {
  return Array.from({ length: count }, (_, index) => make(index + 1));
}

test('foldDiagnostics() shows three hints of one code, and says where the others are', () => {
  const shown = foldDiagnostics(times(1000, (line) => told('trap.dotfiles', 'info', line)));
  assert.deepEqual(
    shown.map(({ hint }) => hint),
    [
      ...['way out', 'way out'],
      'way out\n… and 997 more of these, at lines 4, 5, 6, 7, 8, 9, 10, 11, 12, 13 and 987 more',
    ],
  );
});

test('foldDiagnostics() shows ten warnings of one code, and names the files of the others', () => {
  const all = [
    ...times(10, (line) => told('trap.alias-traversal', 'warning', line)),
    told('trap.alias-traversal', 'warning', 7, 'b.conf'),
    told('trap.root-too-wide', 'warning', 8, 'b.conf'),
  ];
  const shown = foldDiagnostics(all);
  assert.equal(shown.length, 11);
  assert.equal(shown[9]?.hint, 'way out\n… and 1 more of these, at b.conf:7');
  assert.equal(shown[10]?.hint, 'way out');
});

test('foldDiagnostics() shows every error, and everything that is said about the language', () => {
  const all = [
    ...times(50, (line) => told('nginx.unknown-directive', 'error', line)),
    ...times(50, (line) => told('nginx.suspicious', 'warning', line)),
  ];
  assert.deepEqual(foldDiagnostics(all), all);
});

test('foldDiagnostics() shows a directive without effect once for each message', () => {
  const [first, ...more] = foldDiagnostics(times(3, (line) => told('nginx.later', 'warning', line)));
  assert.equal(first?.message, 'why (also lines 2, 3)');
  assert.equal(first.hint, 'way out');
  assert.deepEqual(more, []);
});
