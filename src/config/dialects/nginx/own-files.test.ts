import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorsOf } from './fake-files.ts';
import { ownFile, ownFileNames } from './own-files.ts';

test('ownFile() gives files that nginx would take', () => {
  for (const name of ownFileNames()) {
    assert.deepEqual(errorsOf(`events {} http { include ${name}; }`), [], name);
  }
  assert.equal(ownFile('constructor'), undefined);
});

test('ownFile() knows media types by their endings', () => {
  const types = ownFile('mime.types') ?? '';
  assert.match(types, /^ {4}text\/html html htm shtml;$/m);
  assert.match(types, /^ {4}text\/css css;$/m);
});

test('ownFile() knows the letters of the Russian charsets', () => {
  assert.match(ownFile('koi-utf') ?? '', /^ {4}C1 D0B0;$/m);
  assert.match(ownFile('win-utf') ?? '', /^ {4}E0 D0B0;$/m);
  assert.match(ownFile('koi-win') ?? '', /^ {4}C1 E0;$/m);
});
