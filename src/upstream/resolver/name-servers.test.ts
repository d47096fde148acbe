import { deepEqual, equal, rejects } from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { test } from 'node:test';
import { followAliases, newNameServers } from './name-servers.ts';

const ANSWER = Buffer.from('c00c00010001000000070004c0000201', 'hex');

test('a name server is asked, also one that has a name itself, and its answer has its TTL', async () => {
  const socket = createSocket('udp4');
  socket.on('message', (question, from) => {
    const head = Buffer.from(question.subarray(0, question.indexOf(0, 12) + 5));
    head.writeUInt16BE(0x8180, 2);
    head.writeUInt32BE(0x0001_0001, 4);
    head.writeUInt32BE(0, 8);
    socket.send(Buffer.concat([head, ANSWER]), from.port, from.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  try {
    const { port } = socket.address();
    for (const host of ['127.0.0.1', 'localhost']) {
      const servers = newNameServers({ servers: [`${host}:${port}`] });
      deepEqual(
        (await servers.addresses('app.example.com', 4)).map(({ address, ttl }) => [address, ttl]),
        [['192.0.2.1', 7]],
      );
    }
  } finally {
    socket.close();
  }
});

function coded(code: string): Error {
  return Object.assign(new Error(code), { code });
}

test('aliases are followed where the name server does not, and rings of them end', async () => {
  const asked: string[] = [];
  const ask = async (name: string) => {
    asked.push(name);
    if (name === 'c') {
      return [{ address: '192.0.2.1', ttl: 1 }];
    }
    throw coded('ENODATA');
  };
  const chain: Readonly<Record<string, string>> = { a: 'b', b: 'c', ring: 'ring' };
  const aliasOf = async (name: string) => {
    const alias = chain[name];
    if (alias === undefined) {
      throw coded('ENODATA');
    }
    return [alias];
  };
  deepEqual(await followAliases('a', ask, aliasOf), [{ address: '192.0.2.1', ttl: 1 }]);
  await rejects(followAliases('none', ask, aliasOf), { code: 'ENODATA' });
  asked.length = 0;
  await rejects(followAliases('ring', ask, aliasOf), { code: 'ENODATA' });
  equal(asked.length, 11);
  await rejects(
    followAliases('a', () => Promise.reject(coded('ESERVFAIL')), aliasOf),
    { code: 'ESERVFAIL' },
  );
});
