import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { fakeNginxModel } from '../../config/dialects/nginx/fake-nginx-model.ts';
import type { AskedConnection } from '../../upstream/peers/health/connection-probe.ts';
import { compileStreamCheck } from './compile-check.ts';

/** Of a server of `stream` that passes to an upstream to which the first one passes plainly. */
function checkOf(server: string): AskedConnection | undefined {
  const { streams } = fakeNginxModel(
    '',
    String.raw`stream { match pong { send "PING\x00"; expect ~ PONG; } upstream db { server 127.0.0.1:1; }
      server { listen 1; proxy_pass db; } server { listen 2; proxy_pass db; ${server} } }`,
  );
  const [upstream] = streams?.upstreams ?? [];
  const check = upstream?.healthCheck;
  return streams && upstream && check && compileStreamCheck(upstream, check, streams, undefined);
}

test('a check connects as the stream does that says it, and is the client itself', () => {
  const plain = checkOf('health_check;');
  deepEqual(
    [plain?.way.bind, plain?.header, plain?.says, plain?.judge, plain?.bytesMax],
    ['', undefined, undefined, undefined, 65_536],
  );
  const other = checkOf(
    'health_check match=pong; proxy_bind 127.0.0.9; proxy_protocol on; proxy_buffer_size 100; proxy_timeout 1s;',
  );
  deepEqual(
    [other?.way.bind, String(other?.header), String(other?.says), other?.bytesMax],
    ['127.0.0.9', 'PROXY UNKNOWN\r\n', 'PING\0', 100],
  );
  deepEqual([other?.judge?.('-PO'), other?.judge?.('-PONG')], ['open', 'good']);
  equal(checkOf('health_check; proxy_protocol v2;')?.header?.[12], 0x20, 'LOCAL');
});
