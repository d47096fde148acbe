import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fullName } from '../../config/dialects/nginx/surroundings.ts';
import { placesOf } from './nginx-places.ts';

test('without options the places are those of Debian', () => {
  assert.deepEqual(placesOf({ prefix: undefined, file: undefined }), {
    prefix: '/usr/share/nginx/',
    file: '/etc/nginx/nginx.conf',
    filePrefix: '/etc/nginx/',
  });
});

test('a file is relative to the prefix, and what it names to its own folder', () => {
  assert.deepEqual(placesOf({ prefix: '/srv/www', file: 'conf/a.conf' }), {
    prefix: '/srv/www/',
    file: '/srv/www/conf/a.conf',
    filePrefix: '/srv/www/conf/',
  });
  assert.deepEqual(placesOf({ prefix: undefined, file: 'a.conf' }).file, '/usr/share/nginx/a.conf');
  assert.deepEqual(placesOf({ prefix: './here/', file: 'a.conf' }), {
    prefix: './here/',
    file: './here/a.conf',
    filePrefix: './here/',
  });
  assert.deepEqual(placesOf({ prefix: '', file: 'a.conf' }), { prefix: '', file: 'a.conf', filePrefix: '' });
});

test('a prefix moves no absolute path', () => {
  assert.equal(placesOf({ prefix: '/srv', file: undefined }).file, '/etc/nginx/nginx.conf');
  assert.equal(fullName('/run/a.pid', '/srv/'), '/run/a.pid');
  assert.equal(fullName('a.pid', '/srv/'), '/srv/a.pid');
});
