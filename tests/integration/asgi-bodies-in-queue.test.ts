// A request with a body waits for a place in a worker: nothing of the body is lost, however it is cut, and the client is not read on.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { serve } from './server.ts';

const APP = `
import asyncio

async def application(scope, receive, send):
    if scope['type'] != 'http':
        raise NotImplementedError
    size = 0
    body = b''
    await asyncio.sleep({'/wait': 0.7, '/late': 0.3}.get(scope['path'], 0))
    while True:
        message = await receive()
        size += len(message.get('body', b''))
        body += message.get('body', b'') if size < 100 else b''
        if not message.get('more_body'):
            break
    await send({'type': 'http.response.start', 'status': 200, 'headers': []})
    await send({'type': 'http.response.body', 'body': body if scope['query_string'] == b'echo' else b'%d' % size})
`;

for (const size of [3, 50_000, 3_000_000]) {
  test(`a body of ${size} bytes whose request waits reaches the application whole`, async () => {
    await using server = await serve({ app: APP, args: ['--worker-connections', '1'] });
    const first = server.ask('/wait');
    await delay(200);
    const answers = [server.ask('/a', { method: 'POST', body: 'x'.repeat(size) }), first];
    assert.deepEqual(
      (await Promise.all(answers)).map(({ body }) => body),
      [String(size), '0'],
    );
  });
}

test('a client that does not wait for 100 (Continue) loses nothing', async () => {
  await using server = await serve({ app: APP });
  using client = await server.connect();
  client.send('POST /late HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\nhello');
  let answer = await client.readOne();
  if (answer.status === 100) answer = await client.readOne();
  assert.deepEqual([answer.status, answer.body], [200, '5']);
});

const ALICE = 'POST /late?echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n';
const EARLY: Readonly<Record<string, { readonly args: readonly string[]; readonly request: string }>> = {
  'whose request waits': { args: ['--worker-connections', '1'], request: `${ALICE}\r\n` },
  'whose application asks late': { args: [], request: `${ALICE}Expect: 100-continue\r\n\r\n` },
};

for (const [whose, { args, request }] of Object.entries(EARLY)) {
  test(`a body ${whose} is the client's own, whatever others send meanwhile`, async () => {
    await using server = await serve({ app: APP, args });
    const first = args.length > 0 ? server.ask('/wait') : undefined;
    await delay(200);
    using alice = await server.connect();
    using bob = await server.connect();
    alice.send(`${request}0123456789`);
    await delay(100);
    bob.send(`POST /?echo HTTP/1.1\r\nHost: ${'b'.repeat(200)}\r\nContent-Length: 40\r\n\r\n${'b'.repeat(40)}`);
    assert.equal((await alice.read()).body, '0123456789');
    assert.equal((await bob.read()).body, 'b'.repeat(40));
    await first;
  });
}
