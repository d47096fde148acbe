import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { fakeNginxModel } from '../../config/dialects/nginx/fake-nginx-model.ts';
import { describeServer } from './describe-server.ts';
import { renderServer } from './render-server.ts';

test('a stream is told of with its addresses, its rules, and who gets its connections', () => {
  const stream = `stream { match m { expect a; } upstream db { least_conn; server 127.0.0.1:1 max_conns=3; server 127.0.0.1:2 backup; }
    server { listen 127.0.0.1:5432 proxy_protocol; set_real_ip_from 10.0.0.1; allow 10.0.0.0/8; deny all; ssl_preread on; proxy_pass db; health_check interval=2s match=m; }
    server { listen 127.0.0.1:5433; return "$remote_addr"; } }`;
  const { streams } = describeServer(fakeNginxModel('', stream));
  equal(
    renderServer({ sites: [], streams, applications: [] }),
    `Stream 1
  takes connections at 127.0.0.1:5432 (behind a header of the PROXY protocol)
  believes 10.0.0.1 who the client is
  lets in 10.0.0.0/8
  keeps out all
  looks at the name in the TLS handshake, and passes it on
  passes connections on to db, which is 127.0.0.1:1 (up to 3 connections at a time), 127.0.0.1:2 (when the others are dead); the one with the fewest connections; each is asked whether it answers as it should every 2 s

Stream 2
  takes connections at 127.0.0.1:5433
  sends "$remote_addr" and closes
`,
  );
});
