import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { serverNameOf } from './server-name.ts';

for (const [name, told] of [
  ['app.internal', 'app.internal'],
  ['app.internal:8443', 'app.internal'],
  ['127.0.0.1:443', '127.0.0.1'],
  ['[::1]:443', '::1'],
  ['[::1]', '::1'],
  ['::1', '::1'],
  ['', ''],
] as const) {
  test(`the certificate of "${name}" is for "${told}"`, () => equal(serverNameOf(name), told));
}
