import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isHashedName } from './hashed-names.ts';

const HASH_20 = '8e0d62a03f8e0d62a03f';

test('isHashedName() knows hashes of the content', () => {
  const names = [
    'css/base.a1b2c3d4e5f6.css',
    'app.min.a1b2c3d4e5f6.js',
    'app.css.a1b2c3d4e5f6.map',
    'LICENSE.a1b2c3d4e5f6',
  ];
  names.push(
    `main.${HASH_20}.js`,
    `main-${HASH_20}.js`,
    `app.${'0a'.repeat(16)}.js`,
    `app-${'0a'.repeat(20)}.css`,
    `app.${'0a'.repeat(32)}.js`,
  );
  for (const name of names) {
    assert.equal(isHashedName(name), true, name);
  }
});

test('isHashedName() takes nothing else for one', () => {
  const names = [
    'app.js',
    'app.min.js',
    'report.202501311259.pdf',
    'word.abcdefabcdef.txt',
    'app-a1b2c3d4e5f6.css',
    'a1b2c3d4e5f6.css',
  ];
  names.push(
    'app.a1b2c3d4e5f.js',
    'app.a1b2c3d4e5f60.js',
    'app.A1B2C3D4E5F6.js',
    'app-BwQ5f3kd.js',
    'photo-iPhone12.png',
  );
  names.push('dir.a1b2c3d4e5f6/app.js', 'app.a1b2c3d4e5f6.tar.gz', 'admin-calendar.js');
  for (const name of names) {
    assert.equal(isHashedName(name), false, name);
  }
});
