// A client that resets its connection before the server has accepted it leaves its bytes behind, but no address: nobody can say
// whether it may name another client in forwarded fields.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { serve } from './server.ts';

const APP = `
def application(environ, start):
    print('asked by', environ['REMOTE_ADDR'], flush=True)
    start('200 OK', [])
    return [b'fine']
`;

test('who resets before being accepted is not believed to be somebody else', async () => {
  await using server = await serve({ app: APP, args: ['--forwarded-allow-ips', '192.0.2.1'] });
  const { edgePid } = server;
  process.kill(edgePid, 'SIGSTOP');
  try {
    const socket = connect(server.port, '127.0.0.1');
    await once(socket, 'connect');
    await new Promise((sent) =>
      socket.write('GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 203.0.113.9\r\n\r\n', sent),
    );
    socket.resetAndDestroy();
    await delay(50);
  } finally {
    process.kill(edgePid, 'SIGCONT');
  }
  assert.equal((await server.ask('/')).body, 'fine');
  await server.logged(/asked by 127\.0\.0\.1/);
  assert.doesNotMatch(server.log, /203\.0\.113\.9/);
});
