import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { LogFormat } from '../../config/model/logs.ts';
import type { Route } from '../pipeline/route.ts';
import { compileNginxFormat, escapeJson } from './nginx-format.ts';

type Values = Readonly<Record<string, string | undefined>>;

function render(
  format: Omit<Extract<LogFormat, { words: 'nginx' }>, 'words'>,
  values: Values,
  route: object = {},
): string {
  const line = compileNginxFormat(
    { words: 'nginx', ...format },
    { template: (text) => (typeof text === 'string' ? text : ''), variable: (name) => () => values[name] },
  );
  // A format asks a route for no more than its variables, which are made up here, and what a test says.
  return typeof line === 'string' ? line : line(route as Route);
}

const NASTY = 'a"b\\c\td\ne\x01\x7f\xe9';

test('by default what could end a quotation or a line is escaped, and what is not there is a dash', () => {
  const template = ['"', { variable: 'x' }, '" ', { variable: 'y' }, ' ', { variable: 'z' }, '.'];
  equal(
    render({ template, escape: 'default' }, { x: NASTY, y: undefined, z: '' }),
    '"a\\x22b\\x5Cc\\x09d\\x0Ae\\x01\\x7F\\xE9" - .',
  );
});

test('escape=json makes the inside of a string of JSON, in which what is not there is empty', () => {
  const template = ['{"x":"', { variable: 'x' }, '","y":"', { variable: 'y' }, '"}'];
  const line = render({ template, escape: 'json' }, { x: NASTY, y: undefined });
  equal(line, '{"x":"a\\"b\\\\c\\td\\ne\\u0001\x7f\xe9","y":""}');
  equal((JSON.parse(line) as Values)['x'], NASTY);
  equal(escapeJson('\b\f\r\x1f'), '\\b\\f\\r\\u001F');
});

test('escape=none changes nothing', () => {
  equal(render({ template: [{ variable: 'x' }, '|', { variable: 'y' }], escape: 'none' }, { x: NASTY }), `${NASTY}|`);
});

test('groups of the regex that has matched are escaped as well', () => {
  equal(
    render({ template: [{ capture: 1 }, { capture: 2 }], escape: 'default' }, {}, { captures: ['', '"'] }),
    '\\x22-',
  );
});
