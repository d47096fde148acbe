// A server that speaks uwsgi, as it behaves badly or asks for more than a response: what its client gets, and what the log says.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { parseUwsgiPacket } from '../../src/protocol/uwsgi/parse-packet.ts';
import { Client, Closed } from './client.ts';
import { runNginx } from './nginx-server.ts';

type Variables = Readonly<Record<string, string>>;

/** `act` once for each request, when its packet has come. */
async function fakeUwsgi(
  act: (socket: Socket, variables: Variables) => void,
): Promise<AsyncDisposable & { port: number }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let bytes = Buffer.alloc(0);
    const read = (piece: Buffer): void => {
      bytes = Buffer.concat([bytes, piece]);
      const packet = parseUwsgiPacket(bytes, 0, bytes.length);
      if (packet.kind === 'packet') {
        socket.off('data', read);
        act(socket, Object.fromEntries(packet.variables.map(({ name, value }) => [name, value])));
      }
    };
    socket.on('data', read);
    socket.on('error', () => undefined);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const ANSWERS: Readonly<Record<string, string>> = {
  '/early': '',
  '/half': 'HTTP/1.1 200 OK\r\nContent-Ty',
  '/short': 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort',
  '/long': 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlonger',
  '/wrong': 'HTTP/1.1 200 OK\r\nA b: c\r\n\r\n',
  '/large': `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(9000)}\r\n\r\n`,
  '/coded': 'Status: 200\nTransfer-Encoding: chunked\n\nas it is',
  '/moved': 'Location: http://a.test/there\n\n',
};

test('a server behind that speaks uwsgi', async () => {
  await using app = await fakeUwsgi((socket, { REQUEST_URI: uri = '', HTTP_UPGRADE: upgrade = '' }) => {
    if (upgrade !== '') {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\nhello ');
      socket.on('data', (bytes: Buffer) => socket.write(bytes.toString().toUpperCase()));
      return;
    }
    socket.end(ANSWERS[uri] ?? `Content-Type: text/plain\r\n\r\n${uri}`);
  });
  const params = 'uwsgi_param REQUEST_URI $request_uri; uwsgi_param REQUEST_METHOD $request_method;';
  await using nginx = await runNginx(
    `location / { ${params} uwsgi_pass 127.0.0.1:${app.port}; }
     location /big { ${params} uwsgi_param ALL "$arg_x$arg_x$arg_x$arg_x$arg_x$arg_x$arg_x$arg_x$arg_x$arg_x"; uwsgi_pass 127.0.0.1:${app.port}; }`,
    {},
    { http: 'large_client_header_buffers 4 16k;' },
  );
  const logged = (text: string): Promise<unknown> =>
    nginx.server.logged(new RegExp(`${text}.* while .*upstream: "uwsgi://127\\.0\\.0\\.1:${app.port}"`));
  for (const [path, line] of [
    ['/early', 'upstream prematurely closed connection'],
    ['/half', 'upstream prematurely closed connection'],
    ['/wrong', 'upstream sent invalid header: a field name that is not a token: "A b: c"'],
    ['/large', 'upstream sent too big header'],
  ] as const) {
    assert.equal((await nginx.ask(path)).status, 502, path);
    await logged(line);
  }
  assert.deepEqual([(await nginx.ask('/long')).body, (await nginx.ask('/coded')).body], ['long', 'as it is']);
  await logged('upstream sent more data than specified in "Content-Length" header');
  await assert.rejects(nginx.ask('/short'), Closed);
  const moved = await nginx.ask('/moved');
  assert.deepEqual([moved.status, moved.fields.get('location')], [302, 'http://a.test/there']);
  assert.equal((await nginx.ask('/fine')).body, '/fine');

  assert.equal((await nginx.ask(`/big?x=${'x'.repeat(7000)}`)).status, 500);
  await nginx.server.logged(/uwsgi request is too big: 7\d{4}, of which "ALL" has 70007/);

  using client = await Client.open(nginx.port);
  client.send('GET / HTTP/1.1\r\nHost: a.test\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n');
  const text = await receive(client.socket, /hello /);
  assert.match(text, /^HTTP\/1\.1 101 Switching Protocols\r\n[\s\S]*Upgrade: echo\r\n/);
  client.send('tunnelled');
  await receive(client.socket, /TUNNELLED/);
});

async function receive(socket: Socket, pattern: RegExp): Promise<string> {
  let text = '';
  while (!pattern.test(text)) {
    const [bytes] = (await once(socket, 'data')) as [Buffer];
    text += bytes.latin1Slice();
  }
  return text;
}
