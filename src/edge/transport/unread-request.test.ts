import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { unreadHead } from './unread-request.ts';

test('unreadHead() believes the line, if it is that of a request, and nothing else', () => {
  const { method, target, path, query, minor, framing, keepAlive } = unreadHead('HEAD /%61?b HTTP/1.0');
  deepEqual([method, target, path, query, minor], ['HEAD', '/%61?b', '/%61', 'b', 0]);
  deepEqual([framing.kind, keepAlive], ['none', false]);
});

test('unreadHead() of anything else is that of no request', () => {
  for (const line of ['', '\x16\x03"', 'GET /a b', 'GET / HTTP/3.0', `${'A'.repeat(1000)} / HTTP/1.1`]) {
    const { method, target, path, query, minor, host, block } = unreadHead(line);
    deepEqual([method, target, path, query, minor, host], ['', '', '', '', 1, ''], line);
    equal(block.get('host'), undefined);
  }
});
