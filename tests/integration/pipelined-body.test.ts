// The head and a part of the body of a second request arrive while the first is answered, the rest of it later.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { serve } from './server.ts';

const APP = `
import time
def application(environ, start_response):
    data = environ['wsgi.input'].read()
    time.sleep(0.1)
    start_response('200 OK', [])
    return [b'%d' % len(data)]
`;
const BODY = 'x'.repeat(90_000);

const request = (body: string, length: number) =>
  `POST / HTTP/1.1\r\nHost: site.test\r\nContent-Length: ${length}\r\n\r\n${body}`;

test('a body that had begun to arrive behind an earlier request is read to its end', async () => {
  await using server = await serve({ app: APP });
  using client = await server.connect();
  client.send(request('abc', 3) + request(BODY.slice(0, 20_000), BODY.length));
  await delay(50);
  client.send(BODY.slice(20_000));
  assert.equal((await client.read('POST')).body, '3');
  assert.equal((await client.read('POST')).body, '90000');
});
