// kill -TERM on a worker with an event loop: what it runs is finished, and what comes meanwhile does not wait for that.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serve } from './server.ts';

const APP = `
import os

async def application(scope, receive, send):
    if scope['type'] != 'http':
        raise NotImplementedError
    await send({'type': 'http.response.start', 'status': 200})
    is_long = scope['path'] == '/long'
    await send({'type': 'http.response.body', 'body': str(os.getpid()).encode(), 'more_body': is_long})
    while is_long and (await receive())['type'] != 'http.disconnect':
        pass
`;

test('requests that come while a worker ends by itself go to the one that replaces it', async () => {
  await using server = await serve({ app: APP });
  using long = await server.connect();
  long.send('GET /long HTTP/1.1\r\nHost: a\r\n\r\n');
  await long.receive(/\d{2}/);
  const [leaving = 0] = server.workerPids;
  process.kill(leaving, 'SIGTERM');
  // The first may come before the signal, the next ones before there is another worker.
  let pid = leaving;
  while (pid === leaving) pid = Number((await server.ask('/')).body);
  assert.ok(server.workerPids.includes(leaving), 'its long response goes on');
});
