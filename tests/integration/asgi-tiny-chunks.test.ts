// A body in chunks of one byte costs what any body costs: the application gets it in few pieces, and the edge holds little of it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serve } from './server.ts';

const APP = `
async def application(scope, receive, send):
    if scope['type'] != 'http':
        raise NotImplementedError
    size = count = 0
    more = True
    while more:
        message = await receive()
        more = message['more_body']
        size += len(message['body'])
        count += 1
    await send({'type': 'http.response.start', 'status': 200, 'headers': []})
    await send({'type': 'http.response.body', 'body': b'%d %d' % (size, count)})
`;
const CHUNKS = 200_000;

test('what one read has brought of a chunked body is one piece for the application', async () => {
  await using server = await serve({ app: APP });
  using client = await server.connect();
  client.send('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n');
  client.send(`${'1\r\nx\r\n'.repeat(CHUNKS)}0\r\n\r\n`);
  const [size, count] = (await client.read()).body.split(' ').map(Number);
  assert.equal(size, CHUNKS);
  // A read brings 64 KiB where the machine is not held up, and never less than a segment.
  assert.ok((count ?? Infinity) < CHUNKS / 100, `in ${count} pieces`);
});
