// What stands between a server behind and the client: what the server says of its answer is done, and a body goes on to whoever answers in its place.

import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { isWhole, runBackend } from './backend.ts';
import { Client } from './client.ts';
import { runNginx } from './nginx-server.ts';

const ANSWERS: Readonly<Record<string, string>> = {
  '/accel': 'HTTP/1.1 200 OK\r\nX-Accel-Redirect: /inner\r\nSet-Cookie: a=1\r\nContent-Length: 0\r\n\r\n',
  '/outside': 'HTTP/1.1 200 OK\r\nX-Accel-Redirect: /inner/%2e%2e/%22x\r\nContent-Length: 0\r\n\r\n',
  '/charset':
    'HTTP/1.1 200 OK\r\nX-Accel-Charset: utf-8"; evil\r\nContent-Type: text/html\r\nContent-Length: 0\r\n\r\n',
  '/away': 'HTTP/1.1 302 Found\r\nLocation: http://BACKEND/there\r\nContent-Length: 0\r\n\r\n',
  '/range': 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789',
  '/busy': 'HTTP/1.1 503 Busy\r\nX-Why: load\r\nContent-Length: 4\r\n\r\nbusy',
};

test('redirects, ranges, pages for errors, and bodies that are sent on or are files', async () => {
  let own = '';
  const bodies = mkdtempSync(join(tmpdir(), 'portico-bodies-'));
  // The server may be another user's, as it is where root starts it.
  chmodSync(bodies, 0o777);
  await using backend = await runBackend((request) => {
    if (!isWhole(request)) {
      return undefined;
    }
    const [, path = ''] = /^\S+ ([^ ?]*)/.exec(request) ?? [];
    const [, file] = /\r\nX-File: (.*)\r\n/.exec(request) ?? [];
    const body = file === undefined ? request.slice(request.indexOf('\r\n\r\n') + 4) : readFileSync(file, 'utf8');
    const answer = ANSWERS[path] ?? `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    return answer.replace('BACKEND', own);
  });
  own = `127.0.0.1:${backend.port}`;
  await using nginx = await runNginx(
    `location / { proxy_pass http://${own}; }
     location /range { proxy_pass http://${own}; proxy_force_ranges on; }
     location /inner { internal; return 200 "inner $request_method"; }
     location /busy { proxy_pass http://${own}; proxy_intercept_errors on; error_page 503 =200 @page; }
     location @page { return 200 "page of $upstream_status $upstream_http_x_why"; }
     location /file { client_body_in_file_only clean; client_body_temp_path ${bodies} 1 2; proxy_pass_request_body off;
       proxy_set_header X-File $request_body_file; proxy_set_header Content-Length ""; proxy_pass http://${own}; }
     location /file/kept { client_body_in_file_only on; client_body_temp_path ${bodies}/kept; proxy_pass http://${own};
       add_header X-Body "$request_body_file,$request_body"; }
     location /file/nowhere { client_body_in_file_only on; client_body_temp_path /proc/nowhere; proxy_pass http://${own}; }
     location /dead { proxy_pass http://127.0.0.1:1; error_page 502 = @other; }
     location @other { proxy_pass http://${own}; add_header X-Body "$request_method $request_body $content_length"; }`,
  );

  const accel = await nginx.ask('/accel');
  assert.deepEqual([accel.body, accel.fields.get('set-cookie')], ['inner GET', 'a=1']);
  assert.equal((await nginx.ask('/outside')).status, 404);
  await nginx.server.logged(/\[error\].*unsafe URI "\/inner\/%2e%2e\/%22x" was detected in X-Accel-Redirect, client/);
  assert.equal((await nginx.ask('/charset')).fields.get('content-type'), 'text/html');
  await nginx.server.logged(/\[warn\].*unknown charset "utf-8\\x22; evil" to override/);
  assert.equal((await nginx.ask('/away')).fields.get('location'), `http://a.test:${nginx.port}/there`);
  assert.equal((await nginx.ask('/busy')).body, 'page of 503 load');

  using client = await Client.open(nginx.port);
  client.send('GET /range HTTP/1.1\r\nHost: a\r\nRange: bytes=2-4\r\n\r\n');
  const part = await client.read();
  assert.deepEqual([part.status, part.body, part.fields.get('content-range')], [206, '234', 'bytes 2-4/10']);

  client.send('POST /dead HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n');
  const sentOn = await client.read('POST');
  assert.deepEqual([sentOn.status, sentOn.body, sentOn.fields.get('x-body')], [200, 'abcde', 'POST abcde 5']);

  client.send('POST /file HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nread');
  assert.equal((await client.read('POST')).body, 'read', 'the server has been told of the file');
  client.send('POST /file/kept HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nkept');
  const kept = await client.read('POST');
  const [path = ''] = kept.fields.get('x-body')?.split(',') ?? [];
  assert.match(kept.fields.get('x-body') ?? '', new RegExp(`^${bodies}/kept/\\d{10},$`));
  client.send('POST /file/nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nlost');
  assert.equal((await client.read('POST')).status, 500);
  await nginx.server.logged(/\[error\].*spool file: .*\/proc\/nowhere/);
  assert.equal(readFileSync(path, 'utf8'), 'kept');
  const left = readdirSync(bodies, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
  assert.deepEqual(
    left.map(({ name }) => name),
    [basename(path)],
    'one was removed with its request, the other one is left',
  );
  rmSync(bodies, { recursive: true });
});
