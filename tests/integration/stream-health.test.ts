// Servers of a stream are asked whether they are well, in the words of their protocol.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dial, listenTo, readToEnd, runStream } from './stream-server.ts';

test('a server that answers a check wrongly gets nobody, until it answers rightly', async () => {
  let isWell = false;
  const answering = (name: string, isRight: () => boolean) => (socket: import('node:net').Socket) => {
    socket.on('data', (bytes) => {
      const isCheck = String(bytes) === 'PROXY UNKNOWN\r\nPING\0\n';
      socket.end(isCheck ? (isRight() ? '+PONG' : '-LOADING') : name);
    });
  };
  await using one = await listenTo(answering('one', () => isWell));
  await using two = await listenTo(answering('two', () => true));
  await using server = await runStream(
    'proxy_pass db; proxy_protocol on; health_check interval=100ms match=pong mandatory;',
    {
      around: String.raw`match pong { send "PING\x00\n"; expect "+PONG"; }
        upstream db { server 127.0.0.1:${one.port}; server 127.0.0.1:${two.port}; }`,
    },
  );
  const ask = async (): Promise<string> => {
    const client = await dial(server.port);
    client.write('hello');
    const { bytes } = await readToEnd(client);
    client.destroy();
    return String(bytes);
  };
  const [line] = await server.log.logged(/peer is unhealthy.*/);
  assert.equal(
    line,
    `peer is unhealthy: the answer does not match, health check of peer 127.0.0.1:${one.port} in upstream "db"`,
  );
  await server.log.logged(new RegExp(`peer is healthy, health check of peer 127.0.0.1:${two.port}`));
  assert.deepEqual([await ask(), await ask(), await ask()], ['two', 'two', 'two']);
  isWell = true;
  await server.log.logged(new RegExp(`peer is healthy, health check of peer 127.0.0.1:${one.port}`));
  assert.deepEqual([await ask(), await ask()].sort(), ['one', 'two']);
});
