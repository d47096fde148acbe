import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Draft } from '../draft.ts';
import { readText } from '../fake-files.ts';
import { bodyRulesOf, connectionOf, scopedConnectionOf, sendTimeoutOf } from './connection-rules.ts';

function server(text: string): Draft {
  const http = readText(`events {} http { ${text} }`).draft.children.find(({ kind }) => kind === 'http');
  const found = http?.children.find(({ kind }) => kind === 'server');
  assert.ok(found !== undefined);
  return found;
}

const USUAL = {
  keepAliveMs: 75_000,
  keepAliveFieldS: 0,
  keepAliveRequestsMax: 1000,
  keepAliveTimeMs: 3_600_000,
  keepAliveDisabledFor: ['msie6'],
  lingering: 'on',
  lingeringTimeMs: 30_000,
  lingeringTimeoutMs: 5000,
  resetsTimedOut: false,
  saysKept: true,
  sendsTrailersUnasked: true,
  headTimeoutMs: 60_000,
  lineBytesMax: 8192,
  headBytesMax: 32_768,
  mergesSlashes: true,
  takesLineFeeds: true,
  dropsInvalidFields: true,
  takesUnderscores: false,
  isChunkedOn: true,
};

test('a server that says nothing of connections has what nginx has', () => {
  assert.deepEqual(connectionOf(server('server { }')), USUAL);
  assert.deepEqual(bodyRulesOf(server('server { }')), { timeoutMs: 60_000 });
});

test('what a server says holds, and what is said around it', () => {
  const draft = server(`keepalive_timeout 5s 4s; keepalive_requests 3; client_header_timeout 10; send_timeout 7;
    server { keepalive_time 1m; large_client_header_buffers 2 1k; client_header_buffer_size 4k; merge_slashes off;
      chunked_transfer_encoding off; max_headers 20; underscores_in_headers on; client_body_timeout 500ms; }`);
  assert.deepEqual(connectionOf(draft), {
    ...USUAL,
    keepAliveMs: 5000,
    keepAliveFieldS: 4,
    keepAliveRequestsMax: 3,
    keepAliveTimeMs: 60_000,
    headTimeoutMs: 10_000,
    lineBytesMax: 4096,
    headBytesMax: 4096,
    fieldsMax: 20,
    mergesSlashes: false,
    takesUnderscores: true,
    isChunkedOn: false,
  });
  assert.deepEqual([bodyRulesOf(draft), sendTimeoutOf(draft)], [{ timeoutMs: 500 }, { timeoutMs: 7000 }]);
});

test('a location has what it says otherwise than its server, and nothing where that is the same', () => {
  const draft = server(`server { keepalive_timeout 5s; keepalive_disable none;
    location /a { keepalive_requests 3; keepalive_timeout 5s; lingering_close always; reset_timedout_connection on;
      location /a/b { keepalive_disable safari; } }
    location /c { keepalive_timeout 5s; } }`);
  const [a, c] = draft.children;
  const [b] = a?.children ?? [];
  assert.ok(a !== undefined && b !== undefined && c !== undefined);
  const said = { keepAliveRequestsMax: 3, lingering: 'always', resetsTimedOut: true };
  assert.deepEqual(connectionOf(draft).keepAliveDisabledFor, []);
  assert.deepEqual(scopedConnectionOf(a), said);
  assert.deepEqual(scopedConnectionOf(b), { ...said, keepAliveDisabledFor: ['safari'] });
  assert.equal(scopedConnectionOf(c), undefined);
  assert.equal(scopedConnectionOf(draft), undefined);
});
