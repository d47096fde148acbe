import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readText } from './fake-files.ts';
import { nginxMessage, renderAsNginx } from './nginx-words.ts';

test('renderAsNginx() says what nginx says', () => {
  const { diagnostics } = readText('\nfoo;\nmail {}', {}, { globals: 'daemon x;' });
  assert.deepEqual(
    diagnostics.filter(({ severity, place }) => severity === 'error' || place.kind === 'file').map(renderAsNginx),
    [
      'nginx: [emerg] invalid value "x" in "daemon" directive, it must be "on" or "off" in command line\n',
      'nginx: [emerg] unknown directive "foo" in /etc/nginx/nginx.conf:2\n',
      'nginx: [warn] "mail" directive has no effect yet in /etc/nginx/nginx.conf:3\n',
    ],
  );
  assert.equal(readText('').diagnostics.map(nginxMessage).join(''), 'no "events" section in configuration');
});
