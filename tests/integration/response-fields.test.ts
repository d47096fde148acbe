// --header: every response has these fields, whoever makes it; and --no-websockets: a handshake is a request like others.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refused, WebSocketClient } from '../conformance/websocket-client.ts';
import { serve } from './server.ts';

const APP = `
async def application(scope, receive, send):
    if scope['type'] == 'websocket':
        await receive()
        await send({'type': 'websocket.accept', 'headers': [(b'x-own', b'2')]})
        await receive()
    elif scope['type'] == 'http':
        if scope['path'] == '/fails':
            raise ValueError
        await send({'type': 'http.response.start', 'status': 200, 'headers': [(b'x-own', b'1')]})
        await send({'type': 'http.response.body', 'body': scope['type'].encode()})
`;

test('every response has the fields of --header', async () => {
  await using server = await serve({ app: APP, args: ['--header', 'X-Served-By: us', '--header', 'X-Two:2'] });
  for (const [target, status] of [
    ['/', 200],
    ['/fails', 500],
    ['/%zz', 400],
  ] as const) {
    const answer = await server.ask(target);
    assert.equal(answer.status, status);
    assert.deepEqual([answer.fields.get('x-served-by'), answer.fields.get('x-two')], ['us', '2'], target);
    assert.equal(answer.fields.get('x-own'), target === '/' ? '1' : undefined);
  }
  const client = await WebSocketClient.open(server.port, '/', '');
  assert.match(client.head, /\r\nx-own: 2\r\nX-Served-By: us\r\nX-Two: 2(\r\n|$)/);
  client.socket.destroy();
});

test('without WebSockets a handshake is a request', async () => {
  await using server = await serve({ app: APP, args: ['--no-websockets'] });
  const answer: unknown = await WebSocketClient.open(server.port, '/', '').catch((reason: unknown) => reason);
  assert.ok(answer instanceof Refused);
  assert.equal(answer.status, 200);
});
