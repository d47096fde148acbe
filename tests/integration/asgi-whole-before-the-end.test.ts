// An application that has sent all of its Content-Length, but says that more follows: the exchange goes on until it says the end.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serve } from './server.ts';

const APP = `
async def application(scope, receive, send):
    if scope['type'] != 'http':
        raise NotImplementedError
    await send({'type': 'http.response.start', 'status': 200, 'headers': [(b'content-length', b'2')]})
    await send({'type': 'http.response.body', 'body': b'ok', 'more_body': True})
    received = b''
    while True:
        message = await receive()
        received += message.get('body', b'')
        if message['type'] == 'http.disconnect' or scope['path'] == '/upload' and not message['more_body']:
            break
    print('THEN', message['type'], received.decode(), flush=True)
    await send({'type': 'http.response.body', 'body': b''})
`;

test('it hears of the client that leaves then', async () => {
  await using server = await serve({ app: APP });
  const client = await server.connect();
  client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  assert.equal((await client.read()).body, 'ok');
  client.close();
  await server.logged(/THEN http\.disconnect/);
});

test('it receives the rest of an upload, and the connection is kept', async () => {
  await using server = await serve({ app: APP });
  using client = await server.connect();
  const upload = 'POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n';
  for (const first of ['a', 'b']) {
    client.send(`${upload}${first}2345`);
    const answer = await client.read();
    assert.deepEqual([answer.body, answer.isKept], ['ok', true]);
    client.send('67890');
    await server.logged(new RegExp(`THEN http\\.request ${first}234567890`));
  }
});
