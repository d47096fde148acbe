// Requests of the server's own, and those that it sends to another place, end at servers behind it too.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isWhole, runBackend } from './backend.ts';
import { Client } from './client.ts';
import { runNginx } from './nginx-server.ts';
import { until } from './waiting.ts';

const ok = (body: string, fields = ''): string =>
  `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n${fields}\r\n${body}`;

const ANSWERS: Readonly<Record<string, string>> = {
  '/auth': 'HTTP/1.1 204 No Content\r\nX-User: ann\r\n\r\n',
  '/refused': 'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n',
  '/part': ok('part'),
  '/page': ok('before <!--# include virtual="/part" --> behind', 'Content-Type: text/html\r\n'),
  '/accel': ok('', 'X-Accel-Redirect: /files/a.txt\r\nContent-Type: text/x\r\nX-Other: 1\r\n'),
  '/accel-named': ok('', 'X-Accel-Redirect: @fallback\r\n'),
  '/missing': 'HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ntheir',
  '/added': ok('added to ', 'Content-Type: text/html\r\n'),
  '/dead': ok('the dead one was asked by @fallback'),
};

test('subrequests, internal redirects and error pages are answered by servers behind', async () => {
  await using backend = await runBackend((request) => {
    const path = /^\w+ ([^ ?]+)/.exec(request)?.[1] ?? '';
    return isWhole(request) ? (ANSWERS[path] ?? ok(`well ${path}`)) : undefined;
  });
  const pass = `proxy_pass http://127.0.0.1:${backend.port}`;
  await using nginx = await runNginx(
    `location / { ${pass}; }
     location /page { ssi on; ${pass}; }
     location /guarded { auth_request /auth; auth_request_set $user $upstream_http_x_user;
       proxy_set_header X-User $user; ${pass}; }
     location /refused-guard { auth_request /refused; ${pass}; }
     location /mirrored { mirror /mirror; ${pass}; }
     location = /mirror { internal; ${pass}/copy; }
     location /added { add_after_body /part; ${pass}; }
     location /files/ { internal; alias files/; }
     location /dead { error_page 502 = @fallback; access_log tries.log tries; proxy_pass http://127.0.0.1:1; }
     location @fallback { access_log tries.log tries; ${pass}; }
     location /missing { proxy_intercept_errors on; error_page 404 /files/a.txt; ${pass}; }`,
    { 'files/a.txt': 'a file' },
    { http: `log_format tries '$uri "$upstream_addr" "$upstream_status"'; access_log off;` },
  );
  const bodyOf = async (path: string): Promise<string> => {
    const { status, body } = await nginx.ask(path);
    return `${status} ${body}`;
  };
  assert.equal(await bodyOf('/page'), '200 before part behind');
  assert.equal(await bodyOf('/guarded'), '200 well /guarded');
  assert.match(backend.requests.at(-1) ?? '', /\r\nX-User: ann\r\n/);
  const refused = await nginx.ask('/refused-guard');
  assert.deepEqual([refused.status, refused.fields.get('www-authenticate')], [401, 'Basic']);
  assert.equal(await bodyOf('/added'), '200 added to part');
  const accel = await nginx.ask('/accel');
  assert.deepEqual([accel.body, accel.fields.get('content-type')], ['a file', 'text/x']);
  assert.equal(accel.fields.has('x-other'), false);
  assert.equal(await bodyOf('/missing'), '404 a file');
  assert.equal(await bodyOf('/dead'), '200 the dead one was asked by @fallback');
  const log = () => readFileSync(join(nginx.server.folder, 'tries.log'), 'latin1');
  await until('it is logged', () => log().includes('/dead'));
  assert.match(log(), new RegExp(`^/dead "127.0.0.1:1 : 127.0.0.1:${backend.port}" "502 : 200"$`, 'm'));

  using client = await Client.open(nginx.port);
  client.send('POST /mirrored HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n12345');
  assert.equal((await client.read('POST')).body, 'well /mirrored');
  await until('the copy has come', () => backend.requests.some((request) => request.startsWith('POST /copy')));
  const copy = backend.requests.find((request) => request.startsWith('POST /copy'));
  assert.match(copy ?? '', /\r\nContent-Length: 5\r\n\r\n12345$/);
});
