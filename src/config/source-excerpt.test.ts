import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Diagnostic } from './diagnostic.ts';
import { renderDiagnostic } from './diagnostic.ts';
import { atFlag } from './place.ts';
import { renderWithExcerpt, SourceLines } from './source-excerpt.ts';

const FAULT: Diagnostic = {
  severity: 'error',
  code: 'settings.invalid',
  place: { kind: 'file', file: 'nginx.conf', line: 2, column: 3, length: 4 },
  message: 'unknown directive "rooot"',
  hint: 'Did you mean "root"?',
};

function excerpt(text: string, place: object = {}): string {
  const all = { ...FAULT, place: { ...FAULT.place, ...place } as Diagnostic['place'] };
  return renderWithExcerpt(all, new SourceLines((file) => (file === 'nginx.conf' ? text : undefined)));
}

test('renderWithExcerpt() shows the line with a caret under what is meant', () => {
  assert.equal(
    excerpt('a\n  rooot /srv;\n'),
    `nginx.conf:2:3: error: unknown directive "rooot"
  2 |   rooot /srv;
    |   ^^^^
    = Did you mean "root"?
`,
  );
});

test('renderWithExcerpt() keeps tabs, so that the caret stands where they have moved the word', () => {
  assert.match(excerpt('a\n\t\trooot;'), /\| \t\trooot;\n {4}\| \t\t\^\^\^\^\n/);
});

test('renderWithExcerpt() shows nothing of a file that it has not, nor of a line that there is not', () => {
  assert.equal(excerpt('a\n'), excerpt('', { file: 'other' }).replace('other', 'nginx.conf'));
  assert.equal(
    renderWithExcerpt({ ...FAULT, place: atFlag('-g') }, new SourceLines(() => '')),
    '-g: error: unknown directive "rooot"\n  = Did you mean "root"?\n',
  );
});

test('renderWithExcerpt() cuts a long line around what is meant, and shows what a terminal would obey escaped', () => {
  const cut = excerpt(`\n${'x '.repeat(2000)}rooot ${'y '.repeat(2000)}`, { column: 4001 });
  assert.match(cut, /\| …x .*x rooot y .*…\n/);
  assert.ok(cut.split('\n').every((line) => line.length < 170));
  assert.equal((cut.split('\n')[1] ?? '').indexOf('rooo'), (cut.split('\n')[2] ?? '').indexOf('^'));
  assert.match(excerpt('\n \x1b[2J rooot', { column: 8 }), /\| {2}\?\[2J rooot\n {4}\| {8}\^/);
});

test('renderDiagnostic() has all on one line', () => {
  assert.equal(renderDiagnostic(FAULT), 'portico: nginx.conf:2:3: unknown directive "rooot". Did you mean "root"?\n');
  assert.equal(
    renderDiagnostic({ severity: 'info', code: 'settings.invalid', place: atFlag('--x'), message: 'is so.' }),
    'portico: info: --x: is so.\n',
  );
});

test('SourceLines has a file read once, and finds its lines in any order', () => {
  let readCount = 0;
  const lines = new SourceLines((file) => {
    readCount += 1;
    return file === 'other' ? 'x' : 'a\nb\n\nd';
  });
  const found = [1, 2, 4, 2, 3, 9, 4, 1].map((line) => lines.find({ file: 'one', line }));
  assert.deepEqual(found, ['a', 'b', 'd', 'b', undefined, undefined, 'd', 'a']);
  assert.equal(readCount, 1);
  assert.equal(lines.find({ file: 'other', line: 1 }), 'x');
});
