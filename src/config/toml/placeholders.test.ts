import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { failure, success } from '../../kernel/outcome.ts';
import { fakeReading } from './fake-reading.ts';
import type { Path, TomlTable } from './kind.ts';
import { replacePlaceholders } from './placeholders.ts';
import { TEMPLATE, TEXT } from './scalars.ts';

const ELSEWHERE = {
  env: { HOST: 'example.org', PRICE: '5$', EMPTY: '' },
  readSecret: (path: string) => (path === '/s' ? success('pa$$word\n') : failure(`${path} is not there`)),
};

function replace(table: TomlTable): { readonly table: TomlTable; readonly told: readonly string[] } {
  const reading = fakeReading();
  const { folder, told } = reading;
  const reportUnfilled = (path: Path, message: string): void => reading.report(path, message);
  return { table: replacePlaceholders(table, ELSEWHERE, { folder, reportUnfilled }), told };
}

test('texts take values of the environment and of files, wherever they stand', () => {
  deepEqual(replace({ a: ['{env.HOST}:{env.PORT:80}', { b: '{env.EMPTY}' }], c: 1 }).table, {
    a: ['example.org:80', { b: '' }],
    c: 1,
  });
});

test('a dollar from elsewhere begins no variable, and is a dollar in every text', () => {
  const { table } = replace({ secret: '{file./s}', price: '{env.PRICE}host $host' });
  const read = (name: string, kind: typeof TEXT | typeof TEMPLATE) =>
    kind.read(table[name] ?? '', [], fakeReading(), undefined);
  deepEqual(read('secret', TEXT), 'pa$$word');
  deepEqual(read('secret', TEMPLATE), 'pa$$word');
  deepEqual(read('price', TEMPLATE), ['5$host ', { variable: 'host' }]);
});

test('the path of a secret is relative to the folder of the file', () => {
  deepEqual(replace({ x: '{file.keys/a}' }).told, ['x: {file.keys/a}: /etc/portico/keys/a is not there']);
});

test('what is not there is told where it stands', () => {
  deepEqual(replace({ x: { y: '{env.NO} {file./t}' } }).told, [
    'x.y: {env.NO}: there is no such variable in the environment. "{env.NO:default}" says what holds without it',
    'x.y: {file./t}: /t is not there',
  ]);
});

test('other braces stay as they are', () => {
  deepEqual(replace({ a: '^/x{2,3}/{id}$' }), { table: { a: '^/x{2,3}/{id}$' }, told: [] });
});
