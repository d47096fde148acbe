import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { fakeNginxModel } from '../../config/dialects/nginx/fake-nginx-model.ts';
import { describeProxy } from './describe-proxy.ts';

function described(http: string): string[] {
  const model = fakeNginxModel(http);
  return model.sites.flatMap(({ locations }) =>
    locations.map(({ content }) => (content.kind === 'proxy' ? describeProxy(content, model) : content.kind)),
  );
}

test('whom requests are passed on to is told with its servers, and how with what somebody may look for', () => {
  const waits = 'waits 60 s to connect, 60 s to send, 60 s for an answer';
  deepEqual(
    described(`upstream app { least_conn; server a weight=2; server b:81 backup; server unix:/s down; sticky cookie srv; }
      server {
        location /a { proxy_pass http://app; proxy_set_header Host $host; proxy_next_upstream off; }
        location /b/ { proxy_pass https://c/x/; proxy_read_timeout 500ms; }
        location /c { proxy_pass http://$host; proxy_buffering off; proxy_request_buffering off; }
        location /d { uwsgi_pass unix:/u; }
      }`),
    [
      `passes the request on to http://app, which is a (weight 2), b:81 (when the others are dead), unix:/s (down); the one with the fewest requests; a client stays with its server (cookie srv); HTTP/1.0; Host is "$host"; ${waits}; no other server is tried`,
      'passes the request on to https://c/x/, /x/ in place of the path of the location; HTTP/1.0; its certificate is not checked; waits 60 s to connect, 60 s to send, 500 ms for an answer',
      `passes the request on to http://$host, which is known when a request comes; HTTP/1.0; ${waits}; bodies are passed on as they come; answers are passed on as they come; another server is tried on error, timeout`,
      `passes the request on to uwsgi://unix:/u; ${waits}`,
    ],
  );
});
