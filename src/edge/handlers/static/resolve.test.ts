import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toLatin1 } from '../../../kernel/latin1.ts';
import type { NameRule } from './resolve.ts';
import { isInside, resolvePath, toFsPath } from './resolve.ts';

const PLAIN: NameRule = { hidden: 'none', form: 'tidy' };

test('resolvePath() keeps plain paths', () => {
  for (const path of [
    '',
    'a.css',
    'css/a.css',
    'a/b/c',
    'a b',
    'a..b',
    'a.',
    '...'.padStart(4, 'a'),
    '%2e%2e/a',
    'caf\xc3\xa9.css',
    'a:b',
    '~root',
  ]) {
    assert.equal(resolvePath(path, PLAIN), path, path);
  }
});

test('resolvePath() joins repeated slashes and keeps the last', () => {
  assert.equal(resolvePath('//a///b.css', PLAIN), 'a/b.css');
  assert.equal(resolvePath('a//', PLAIN), 'a/');
  assert.equal(resolvePath('/', PLAIN), '');
  assert.equal(resolvePath('///', PLAIN), '');
});

test('resolvePath() refuses every way up and every hidden name', () => {
  const faults = [
    '..',
    '../a',
    '/../a',
    '//../a',
    'a/..',
    'a/../b',
    'a/../../b',
    '.',
    './a',
    'a/./b',
    '.git/config',
    'a/.env',
    '.htaccess',
    '.../a',
    '..a',
  ];
  faults.push('..\\a', 'a\\..\\b', 'a\\b', '\\', 'a\0', '\0', 'a.css\0.png', '.well-known/x');
  for (const path of faults) {
    assert.equal(resolvePath(path, PLAIN), undefined, path);
  }
});

test('resolvePath() serves .well-known at the top when told to', () => {
  const options: NameRule = { hidden: 'well-known', form: 'tidy' };
  assert.equal(resolvePath('.well-known/security.txt', options), '.well-known/security.txt');
  for (const path of ['a/.well-known/x', '.well-known/.secret', '.well-known/../a', '.well-knowns/x', '.git/config']) {
    assert.equal(resolvePath(path, options), undefined, path);
  }
});

test('isInside() wants a path below the root', () => {
  assert.equal(isInside('/srv/static/a.css', '/srv/static'), true);
  assert.equal(isInside('/srv/static/b/a.css', '/srv/static'), true);
  assert.equal(isInside('/a.css', '/'), true);
  assert.equal(isInside('/srv/static', '/srv/static'), false);
  assert.equal(isInside('/srv/static2/a.css', '/srv/static'), false);
  assert.equal(isInside('/srv/a.css', '/srv/static'), false);
  assert.equal(isInside('(unreachable)/a.css', '/'), false);
});

test('toFsPath() gives bytes for names beyond ASCII', () => {
  assert.equal(toFsPath('/srv/a.css'), '/srv/a.css');
  assert.deepEqual(toFsPath('/caf\xe9'), Buffer.from([0x2f, 0x63, 0x61, 0x66, 0xe9]));
  assert.deepEqual(toFsPath(toLatin1('/café')), Buffer.from('/café'));
});
