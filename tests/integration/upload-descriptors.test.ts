// Uploads need no descriptor each: as many come at a time as there may be connections. And more responses are kept in files than descriptors are open.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serve } from './server.ts';

const APP = `
def application(environ, start):
    body = environ['wsgi.input'].read()
    start('200 OK', [])
    return [b'%d %d' % (len(body), body.count(b'x'))]
`;
/** Of 160 descriptors, connections may have 96. */
const UNDER = ['prlimit', '--nofile=160'];
const UPLOADS = 90;
const HALF = 20_000;
/** Of memory for bodies there is next to none, so that they go into files. */
const ARGS = ['--max-body-memory', '1K'];

test('all connections upload at a time', async () => {
  await using server = await serve({ app: APP, under: UNDER, args: ARGS });
  const clients = await Promise.all(Array.from({ length: UPLOADS }, () => server.connect()));
  for (const client of clients) {
    client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${2 * HALF}\r\nConnection: close\r\n\r\n`);
    client.send('x'.repeat(HALF));
  }
  await server.logged(/is ready/);
  for (const client of clients) client.send('x'.repeat(HALF));
  const answers = await Promise.all(clients.map((client) => client.read()));
  assert.deepEqual(
    answers.map(({ status, body }) => `${status} ${body}`),
    Array(UPLOADS).fill(`200 ${2 * HALF} ${2 * HALF}`),
  );
});
