import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PathShape } from '../../../config/model/folders.ts';
import { compileShapes } from './path-shape.ts';

function matching(shapes: readonly PathShape[], paths: readonly string[]): string[] {
  return paths.filter((path) => compileShapes(shapes)?.(path));
}

const PATHS = ['/s/', '/s/a.js', '/s/a', '/s/b/a.js', '/s/b/.js', '/s/a.b.js', '/s.js', '/x/a.js'];

test('compileShapes() asks no question where there is no shape', () => {
  assert.equal(compileShapes([]), undefined);
});

test('compileShapes() matches what lies between prefix and suffix', () => {
  const js = { prefix: '/s/', suffix: '.js' };
  assert.deepEqual(matching([{ prefix: '/s/a', suffix: '', spans: 'nothing' }], PATHS), ['/s/a']);
  assert.deepEqual(matching([{ ...js, spans: 'word' }], PATHS), ['/s/a.js']);
  assert.deepEqual(matching([{ ...js, spans: 'segment' }], PATHS), ['/s/a.js', '/s/a.b.js']);
  assert.deepEqual(matching([{ ...js, spans: 'path' }], PATHS), ['/s/a.js', '/s/b/a.js', '/s/b/.js', '/s/a.b.js']);
  assert.deepEqual(
    matching(
      [
        { ...js, spans: 'word' },
        { prefix: '/x/', suffix: '', spans: 'path' },
      ],
      PATHS,
    ),
    ['/s/a.js', '/x/a.js'],
  );
});

test('a prefix and a suffix do not share characters', () => {
  assert.deepEqual(matching([{ prefix: '/s/a.', suffix: '.js', spans: 'path' }], ['/s/a.js']), []);
});

test('a shape is text, and the path of a request is bytes', () => {
  assert.deepEqual(matching([{ prefix: '/caf\u00e9/', suffix: '\u00e9', spans: 'path' }], ['/caf\xc3\xa9/x\xc3\xa9']), [
    '/caf\xc3\xa9/x\xc3\xa9',
  ]);
});
