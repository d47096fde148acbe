// What stands between a server behind and the client: what the server says of its answer is done, and a body goes on to whoever answers in its place.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isWhole, runBackend } from './backend.ts';
import { Client } from './client.ts';
import { runNginx } from './nginx-server.ts';

const ANSWERS: Readonly<Record<string, string>> = {
  '/accel': 'HTTP/1.1 200 OK\r\nX-Accel-Redirect: /inner\r\nSet-Cookie: a=1\r\nContent-Length: 0\r\n\r\n',
  '/away': 'HTTP/1.1 302 Found\r\nLocation: http://BACKEND/there\r\nContent-Length: 0\r\n\r\n',
  '/range': 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789',
  '/busy': 'HTTP/1.1 503 Busy\r\nX-Why: load\r\nContent-Length: 4\r\n\r\nbusy',
};

test('redirects, ranges, pages for errors, and bodies that are sent on', async () => {
  let own = '';
  await using backend = await runBackend((request) => {
    if (!isWhole(request)) {
      return undefined;
    }
    const [, path = ''] = /^\S+ ([^ ?]*)/.exec(request) ?? [];
    const body = request.slice(request.indexOf('\r\n\r\n') + 4);
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
     location /dead { proxy_pass http://127.0.0.1:1; error_page 502 = @other; }
     location @other { proxy_pass http://${own}; add_header X-Body "$request_method $request_body $content_length"; }`,
  );

  const accel = await nginx.ask('/accel');
  assert.deepEqual([accel.body, accel.fields.get('set-cookie')], ['inner GET', 'a=1']);
  assert.equal((await nginx.ask('/away')).fields.get('location'), `http://a.test:${nginx.port}/there`);
  assert.equal((await nginx.ask('/busy')).body, 'page of 503 load');

  using client = await Client.open(nginx.port);
  client.send('GET /range HTTP/1.1\r\nHost: a\r\nRange: bytes=2-4\r\n\r\n');
  const part = await client.read();
  assert.deepEqual([part.status, part.body, part.fields.get('content-range')], [206, '234', 'bytes 2-4/10']);

  client.send('POST /dead HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n');
  const sentOn = await client.read('POST');
  assert.deepEqual([sentOn.status, sentOn.body, sentOn.fields.get('x-body')], [200, 'abcde', 'POST abcde 5']);
});
