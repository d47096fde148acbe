import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileMounts, findMount } from './mount.ts';

const MOUNTS = compileMounts([
  { url: '/static/', root: '/srv/static/', hashed: true },
  { url: '/static/admin/', root: '/srv/admin', hashed: false, missing: 'next', index: 'index.html', wellKnown: true },
  { url: '/média/', root: '/srv/média', hashed: false, cacheControl: 'private' },
]);

test('findMount() takes the longest URL that the path begins with', () => {
  assert.equal(findMount(MOUNTS, '/static/a.css')?.folder.prefix, '/srv/static/');
  assert.equal(findMount(MOUNTS, '/static/admin/a.css')?.folder.prefix, '/srv/admin/');
  assert.equal(findMount(MOUNTS, '/static/')?.folder.prefix, '/srv/static/');
  assert.equal(findMount(MOUNTS, '/m\xc3\xa9dia/a')?.folder.prefix, '/srv/m\xc3\xa9dia/');
});

test('findMount() finds none for a URL that only looks alike', () => {
  for (const path of ['/static', '/staticky/a', '/a/static/b', 'static/', '/', '*']) {
    assert.equal(findMount(MOUNTS, path), undefined, path);
  }
});

test('compileMounts() fills in what is not said', () => {
  const mount = findMount(MOUNTS, '/static/a.css');
  assert.equal(mount?.passesMissing, false);
  assert.equal(mount?.folder.rule.look.cacheControlOf('a.0123456789ab.css'), 'public, max-age=31536000, immutable');
  assert.equal(mount?.folder.rule.directories, 'missing');
  assert.equal(mount?.folder.rule.names.hidden, 'none');
});

test('compileMounts() serves a whole file system as a root when asked', () => {
  assert.equal(compileMounts([{ url: '/', root: '/', hashed: false }])[0]?.folder.prefix, '/');
});

test('compileMounts() throws for a mount that no check would have let pass', () => {
  for (const mount of [
    { url: 'static/', root: '/srv', hashed: false },
    { url: '/static', root: '/srv', hashed: false },
    { url: '/static/', root: 'srv', hashed: false },
    { url: '/static/', root: '/srv', hashed: false, cacheControl: 'a\r\nb' },
  ]) {
    assert.throws(() => compileMounts([mount]));
  }
});
