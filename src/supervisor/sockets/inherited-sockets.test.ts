import assert from 'node:assert/strict';
import { fstatSync } from 'node:fs';
import { test } from 'node:test';
import type { Listener } from '../../config/model/server-model.ts';
import type { InheritedSocket } from '../upgrade/predecessor.ts';
import { Predecessor } from '../upgrade/predecessor.ts';
import type { TakenSocket } from './inherited-sockets.ts';
import { takeInherited } from './inherited-sockets.ts';
import type { BoundSocket } from './sockets.ts';
import { bindSockets } from './sockets.ts';

async function bind(host: string, edgeThreads: number): Promise<BoundSocket> {
  const place = { address: { kind: 'tcp', host, port: 0 }, isIpv6Only: false } as const;
  const bound = await bindSockets([place], { edgeThreads, umask: undefined, manner: 'nginx' });
  assert.ok(bound.ok && bound.value[0] !== undefined);
  return bound.value[0];
}

function inherited({ address: { kind, address, port, path, fds } }: BoundSocket): InheritedSocket {
  return { kind, address, port, path, fds, name: `${address}:${port}`, isIpv6Only: false };
}

function take(sockets: readonly InheritedSocket[], edgeThreads: number, ...hosts: readonly string[]) {
  const port = sockets[0]?.port ?? 0;
  const listeners = hosts.map((host) => ({ address: { kind: 'tcp', host, port }, isIpv6Only: false }));
  const predecessor = new Predecessor({
    ...{ from: process.ppid, sockets, notifyFd: null, watchdogUs: 0 },
    reportFd: -1,
  });
  const plan = { predecessor, listeners: listeners as unknown as Listener[], edgeThreads, identity: undefined };
  return takeInherited(plan);
}

function fdsOf(taken: readonly TakenSocket[]): readonly number[] {
  return taken.flatMap(({ socket }) => socket.address.fds);
}

test('takeInherited() has every socket listened on, whether there are more threads than before or fewer', async () => {
  const [two, three] = [await bind('127.0.0.1', 2), await bind('127.0.0.1', 3)];
  const [a, b] = two.address.fds;
  const more = await take([inherited(two)], 3, '127.0.0.1');
  assert.deepEqual(fdsOf(more), [a, b, a]);
  const fewer = await take([inherited(three)], 1, '127.0.0.1');
  assert.deepEqual(fdsOf(fewer), three.address.fds);
  for (const { socket } of [...more, ...fewer]) {
    assert.equal(socket.handles.length, socket.address.fds.length);
    socket.close();
    socket.close();
  }
});

test('takeInherited() takes an address by another name of it', async () => {
  const bound = await bind('127.0.0.1', 1);
  const taken = await take([inherited(bound)], 1, 'localhost');
  assert.deepEqual(fdsOf(taken), bound.address.fds);
  taken[0]?.socket.close();
});

test('takeInherited() lets no socket for all addresses stand for one of them, and closes what nobody names', async () => {
  const bound = await bind('0.0.0.0', 1);
  assert.deepEqual(await take([inherited(bound)], 1, '127.0.0.1'), []);
  assert.throws(() => fstatSync(bound.address.fds[0] ?? -1), /EBADF/);
});
