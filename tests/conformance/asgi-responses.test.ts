// Every behaviour of an application, good or bad, and what the client sees of it: alone, to HEAD, to HTTP/1.0, and with a request pipelined behind it. A client
// always gets the whole response or an error, or can tell that it has a part.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Client } from '../integration/client.ts';
import { Closed } from '../integration/client.ts';
import type { Server } from '../integration/server.ts';
import { serveAsgi } from './asgi-site.ts';

let server: Server;
before(async () => {
  server = await serveAsgi();
});
after(() => server[Symbol.asyncDispose]());

const get = (name: string, fields = ''): string => `GET /${name} HTTP/1.1\r\nHost: a\r\n${fields}\r\n`;

async function isStillKept(client: Client): Promise<void> {
  assert.equal((await client.read()).body, 'hello');
  client.send(get('hello', 'Connection: close\r\n'));
  assert.equal((await client.read()).body, 'hello');
  assert.equal(await client.ended(), 'end');
}

/** Name, status, body, Content-Length. */
const WHOLE = [
  ['whole', 200, 'body', '4'],
  ['sized', 200, 'body', '4'],
  ['parts', 200, 'body', undefined],
  ['sized_parts', 200, 'body', '4'],
  ['ended_by_nothing', 200, 'body', undefined],
  ['nothing', 200, '', '0'],
  ['no_headers', 200, 'body', '4'],
  ['no_content', 204, '', undefined],
  ['no_content_with_body', 204, '', undefined],
  ['no_content_in_parts', 204, '', undefined],
  ['reset', 205, '', '0'],
  ['reset_with_body', 205, '', '0'],
  ['reset_in_parts', 205, '', '0'],
  ['not_modified', 304, '', '4'],
  ['unusual_status', 299, 'body', '4'],
  ['hop_fields', 200, 'body', '4'],
  ['more_after_end', 200, 'body', '4'],
  ['raises_after_end', 200, 'body', '4'],
  ['too_much', 200, 'body', '4'],
  ['too_much_in_parts', 200, 'body', '4'],
  ['mends', 200, 'mended', '6'],
] as const;

for (const [name, status, body, length] of WHOLE) {
  test(`${name}: whole, and the connection is kept`, async () => {
    using client = await server.connect();
    client.send(`${get(name)}${get('hello')}`);
    const answer = await client.read();
    assert.deepEqual([answer.status, answer.body, answer.isKept], [status, body, true]);
    // RFC 9110 8.6: a 304 may say the length of what is not sent.
    if (status !== 304) assert.equal(answer.fields.get('content-length'), length);
    const isChunked = length === undefined && status === 200;
    assert.equal(answer.fields.get('transfer-encoding'), isChunked ? 'chunked' : undefined);
    await isStillKept(client);
  });

  test(`${name}: to HEAD`, async () => {
    using client = await server.connect();
    client.send(`HEAD /${name} HTTP/1.1\r\nHost: a\r\n\r\n${get('hello')}`);
    const answer = await client.read('HEAD');
    assert.deepEqual([answer.status, answer.isKept], [status, true]);
    await isStillKept(client);
  });

  test(`${name}: to HTTP/1.0`, async () => {
    using client = await server.connect();
    client.send(`GET /${name} HTTP/1.0\r\n\r\n`);
    const answer = await client.read();
    assert.deepEqual([answer.status, answer.body], [status, body]);
    assert.equal(answer.fields.has('transfer-encoding'), false);
    assert.equal(await client.ended(), 'end');
  });
}

test('statuses have their registered phrase, and unknown ones none', async () => {
  using client = await server.connect();
  for (const [name, reason] of [
    ['whole', 'OK'],
    ['reset', 'Reset Content'],
    ['gone', 'Gone'],
    ['teapot', "I'm a Teapot"],
    ['unusual_status', ''],
  ] as const) {
    client.send(get(name));
    assert.equal((await client.read()).reason, reason, name);
  }
});

const WRONG_BEFORE = [
  'raises',
  'raises_after_start',
  'exits',
  'interrupts',
  'cancels',
  'returns',
  'returns_after_start',
  'body_first',
  'starts_twice',
  'unknown_type',
  'websocket_type',
  'no_type',
  'no_dict',
  'no_status',
  'status_text',
  'status_small',
  'status_large',
  'header_text',
  'header_break',
  'header_nul',
  'header_name',
  'header_triple',
  'two_lengths',
  'bad_length',
  'too_little',
  'body_text',
  'trailers_unannounced',
  'no_file',
  'a_folder',
];

for (const name of WRONG_BEFORE) {
  test(`${name}: 500, said in the log, and the connection is kept`, async () => {
    const [worker] = server.workerPids;
    const from = server.log.length;
    using client = await server.connect();
    client.send(`${get(name)}${get('hello')}`);
    const answer = await client.read();
    assert.deepEqual([answer.status, answer.isKept], [500, true]);
    assert.doesNotMatch(answer.body, /Traceback|behind the head|at once/);
    await isStillKept(client);
    await server.logged(new RegExp(`request [0-9a-f]{32} GET /${name}: `), 5000, from);
    assert.deepEqual(server.workerPids, [worker]);
  });

  test(`${name}: 500 to HEAD and to HTTP/1.0`, async () => {
    using client = await server.connect();
    client.send(`HEAD /${name} HTTP/1.1\r\nHost: a\r\n\r\nGET /${name} HTTP/1.0\r\n\r\n`);
    const { status } = await client.read('HEAD');
    // A response without a body can be complete before the application's fault comes.
    assert.ok(status === 500 || status === 200, `${status}`);
    assert.equal((await client.read()).status, 500);
    assert.equal(await client.ended(), 'end');
  });
}

const WRONG_LATE = [
  'raises_late',
  'raises_late_in_length',
  'returns_late',
  'too_little_late',
  'body_text_late',
  'starts_late',
  'exits_late',
];

for (const name of WRONG_LATE) {
  test(`${name}: the connection breaks off, and nothing behind it is answered`, async () => {
    const [worker] = server.workerPids;
    const from = server.log.length;
    using client = await server.connect();
    client.send(`${get(name)}${get('hello')}`);
    await assert.rejects(client.read(), (error) => error instanceof Closed && error.received !== 'hello');
    await server.logged(new RegExp(`request [0-9a-f]{32} GET /${name}: `), 5000, from);
    assert.equal((await server.ask('/hello')).body, 'hello');
    assert.deepEqual(server.workerPids, [worker]);
  });

  test(`${name}: HTTP/1.0 can tell, by a reset or by the length`, async () => {
    using client = await server.connect();
    client.send(`GET /${name} HTTP/1.0\r\n\r\n`);
    await assert.rejects(client.read(), (error) => error instanceof Closed);
  });
}

test('trailers that were announced and never come: the connection breaks off', async () => {
  for (const name of ['no_trailers', 'body_for_trailers']) {
    using client = await server.connect();
    client.send(`${get(name, 'TE: trailers\r\n')}`);
    await assert.rejects(client.read(), (error) => error instanceof Closed, name);
  }
});

test('early hints come before the response, and not to HTTP/1.0', async () => {
  using client = await server.connect();
  client.send(`${get('hints')}${get('hello')}`);
  const hints = await client.readOne();
  assert.deepEqual([hints.status, hints.fields.get('link')], [103, '</a.css>; rel=preload, </b.js>; rel=preload']);
  assert.equal((await client.readOne()).body, 'body');
  await isStillKept(client);
  using old = await server.connect();
  old.send('GET /hints HTTP/1.0\r\n\r\n');
  assert.equal((await old.readOne()).status, 200);
});

test('trailers come to a client that takes them, and to no other', async () => {
  for (const [name, trailers] of [
    ['trailers', 'x-sum: 42\r\n'],
    ['trailers_in_two', 'x-sum: 42\r\nx-end: 1\r\n'],
    ['no_trailers_after_all', ''],
  ] as const) {
    for (const field of ['TE: trailers\r\n', '']) {
      using client = await server.connect();
      client.send(`${get(name, field)}${get('hello', 'Connection: close\r\n')}`);
      await client.receive(/hello$/);
      const [first = ''] = client.received.split(/(?=HTTP\/1\.1 200)/);
      const expected = field === '' ? '' : trailers;
      assert.ok(first.endsWith(`\r\n0\r\n${expected}\r\n`), `${name}: ${JSON.stringify(first)}`);
    }
  }
});

test('files and parts of files are sent as they are', async () => {
  const file = '0123456789'.repeat(30_000);
  for (const [target, body] of [
    ['path', file],
    ['path?sized', file],
    ['copy', `5678901234|789`],
  ] as const) {
    using client = await server.connect();
    client.send(`HEAD /${target} HTTP/1.1\r\nHost: a\r\n\r\n${get(target)}${get('hello')}`);
    assert.equal((await client.read('HEAD')).status, 200);
    assert.equal((await client.read()).body, body);
    await isStillKept(client);
    using old = await server.connect();
    old.send(`GET /${target} HTTP/1.0\r\n\r\n`);
    assert.equal((await old.read()).body, body);
  }
});

test('all of them, pipelined and side by side, are answered in their order', async () => {
  const names = WHOLE.map(([name]) => name).filter((name) => name !== 'mends');
  const clients = await Promise.all(Array.from({ length: 8 }, () => server.connect()));
  await Promise.all(
    clients.map(async (client, turn) => {
      const order = [...names.slice(turn), ...WRONG_BEFORE, ...names.slice(0, turn)];
      client.send(order.map((name) => get(name)).join(''));
      for (const name of order) {
        const [, status = 500, body] = WHOLE.find((row) => row[0] === name) ?? [];
        const answer = await client.read();
        assert.equal(answer.status, status, name);
        if (body !== undefined) assert.equal(answer.body, body, name);
      }
      client.close();
    }),
  );
});
