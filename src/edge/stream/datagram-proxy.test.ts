import { deepEqual, equal } from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { test } from 'node:test';
import { systemClock } from '../../kernel/clock.ts';
import type { Peer } from '../../upstream/peer-choice.ts';
import { EDGE_LIMITS } from '../limits.ts';
import type { DatagramClient, Session } from './compiled-stream.ts';
import type { DatagramPassing } from './datagram-proxy.ts';
import { DatagramProxy } from './datagram-proxy.ts';

const POLICY = {
  ...{ idleMs: 60_000, requestsMax: 0, responsesEach: 0, sendsProxyProtocol: 'no' },
  retry: { isOn: true, triesMax: 0, timeoutMs: 0 },
};

/** A session whose server is not known until `find` is called. `takes`: the client takes what it is sent. */
function begin(policy: object = {}, takes = true) {
  const statuses: number[] = [];
  const outcomes: string[] = [];
  const sent: Buffer[] = [];
  let content: DatagramProxy | undefined;
  let find: (peer: Peer | undefined) => void = () => undefined;
  const session = {
    ...{ action: '', upstreams: [], services: { clock: systemClock }, log: () => undefined },
    end: (status: number) => {
      statuses.push(status);
      content?.close();
    },
    onBug: (error: unknown) => {
      throw error;
    },
  };
  const client = {
    leave: () => undefined,
    send: (datagram: Buffer, done: (error: null) => void) => {
      sent.push(datagram);
      if (takes) setImmediate(() => done(null));
    },
  };
  const choice = {
    ...{ triesLeft: 0, next: () => 'full', onConnected: () => undefined, onHead: () => undefined },
    release: (outcome: string) => {
      outcomes.push(outcome);
      return false;
    },
  };
  const queue = {
    wait: (_: unknown, done: typeof find) => {
      find = done;
      return { leave: () => undefined };
    },
  };
  const passing = {
    ...{ policy: { ...POLICY, ...policy }, bind: '', uploadRate: 0, downloadRate: 0, request: {} },
    group: { name: 'u', choose: () => choice, queue },
  };
  content = new DatagramProxy(
    session as unknown as Session,
    client as unknown as DatagramClient,
    passing as unknown as DatagramPassing,
  );
  content.start();
  const findAt = (port: number): void => find({ name: 'a', host: 'a', address: { host: '127.0.0.1', port } });
  return { content, statuses, outcomes, sent, findAt, find: (peer: Peer | undefined) => find(peer) };
}

async function serve() {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return { socket, port: socket.address().port };
}

test('what a client sends before a server is known is kept, up to a bound, and the session ends when it is sent', async () => {
  const { socket, port } = await serve();
  const heard: number[] = [];
  socket.on('message', (datagram) => heard.push(datagram.length));
  const { content, statuses, outcomes, findAt } = begin();
  const size = 50_000;
  const kept = Math.floor(EDGE_LIMITS.datagramsHeldBytes / size);
  for (let count = 0; count < 100; count += 1) content.take(Buffer.alloc(size));
  findAt(port);
  while (heard.length < kept) await once(socket, 'message');
  deepEqual(
    heard,
    Array.from({ length: kept }, () => size),
  );
  equal(content.receivedBytes, 100 * size);
  while (statuses.length === 0) await new Promise(setImmediate);
  deepEqual([statuses, outcomes], [[200], ['succeeded']]);
  socket.close();
});

test('what a client does not take is kept up to a bound, and the rest is lost', async () => {
  const { socket, port } = await serve();
  const { content, sent, findAt } = begin({ responsesEach: undefined }, false);
  content.take(Buffer.from('begin'));
  findAt(port);
  const [, from] = (await once(socket, 'message')) as [Buffer, { readonly port: number }];
  const answer = Buffer.alloc(50_000);
  for (let count = 1; count <= 10; count += 1) {
    socket.send(answer, from.port, '127.0.0.1');
    // Read, as far as the counts tell.
    while (!content.about.includes(`upstream:${count * answer.length}/`)) await new Promise(setImmediate);
  }
  equal(sent.length, Math.floor(EDGE_LIMITS.datagramsHeldBytes / answer.length));
  content.close();
  socket.close();
});

test('a session without a server is over, and one whose server is at a path', () => {
  const nobody = begin();
  nobody.content.take(Buffer.from('x'));
  nobody.find(undefined);
  deepEqual(nobody.statuses, [502]);
  const atPath = begin();
  atPath.find({ name: 'unix:/s', host: '', address: { path: '/s' } });
  deepEqual([atPath.statuses, atPath.outcomes], [[502], ['failed']]);
});
