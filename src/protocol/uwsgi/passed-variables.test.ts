import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPassedOn } from './passed-variables.ts';

test('isPassedOn() keeps back what the server says itself, and what only Python servers may set', () => {
  for (const [name, value, expected] of [
    ['REMOTE_USER', 'kim', true],
    ['UWSGI_SETENV', 'A=b', true],
    ['my.setting', '1', true],
    ['REMOTE_ADDR', '192.0.2.1', false],
    ['SCRIPT_NAME', '/app', false],
    ['wsgi.url_scheme', 'https', false],
    ['portico.body_file', '/etc/passwd', false],
    ['CONTENT_LENGTH', '', true],
    ['CONTENT_LENGTH', '5', false],
    ['HTTP_CONNECTION', 'close', true],
    ['HTTP_TRANSFER_ENCODING', 'chunked', false],
  ] as const) {
    assert.equal(isPassedOn(name, value), expected, name);
  }
});
