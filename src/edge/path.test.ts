import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { decodePath } from './path.ts';

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
