import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { decodePath, normalizePath, pathBelow } from './path.ts';

test('decodePath() gives one character for each byte', () => {
  equal(decodePath('/plain/+;=path'), '/plain/+;=path');
  equal(decodePath('/caf%C3%A9'), '/caf\xc3\xa9');
  equal(decodePath('/a%2Fb%3f%20%25'), '/a/b? %');
  equal(decodePath('/%FF%fe'), '/\xff\xfe');
  equal(decodePath('/a%252Fb'), '/a%2Fb');
});

test('decodePath() refuses malformed escapes and NUL', () => {
  for (const path of ['/%', '/a%z', '/%zz', '/%a', '/%4', '/a%00b', '/%%20', '/%+1']) {
    equal(decodePath(path), undefined, path);
  }
});

test('normalizePath() takes dots and repeated slashes out', () => {
  for (const [path, merged, kept] of [
    ['/a/b', '/a/b', '/a/b'],
    ['/a//b///', '/a/b/', '/a//b///'],
    ['/a/./b/../c', '/a/c', '/a/c'],
    ['/a/..', '/', '/'],
    ['/a/b/.', '/a/b/', '/a/b/'],
    ['/.a/..b/...', '/.a/..b/...', '/.a/..b/...'],
    ['//', '/', '//'],
  ] as const) {
    equal(normalizePath(path, true), merged, path);
    equal(normalizePath(path, false), kept, path);
  }
});

test('normalizePath() refuses what leads out of the root, and what is no path', () => {
  for (const path of ['/..', '/a/../..', '/../a', '/a/../../b', '', 'a', '*']) {
    equal(normalizePath(path, true), undefined, path);
  }
});

test('pathBelow() cuts a mount off only where a segment ends', () => {
  equal(pathBelow('/app/x', '/app'), '/x');
  equal(pathBelow('/app', '/app'), '');
  equal(pathBelow('/app/', '/app'), '/');
  equal(pathBelow('/application', '/app'), undefined);
  equal(pathBelow('/x/app', '/app'), undefined);
  equal(pathBelow('/x', ''), '/x');
});
