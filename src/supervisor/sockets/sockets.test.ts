import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { BindAddress } from '../../config/bind-address.ts';
import { bindSockets } from './sockets.ts';

const ROOT = mkdtempSync(join(tmpdir(), 'sockets-'));
after(() => rmSync(ROOT, { recursive: true }));

const LOOPBACK = { kind: 'tcp', host: '127.0.0.1', port: 0 } as const;
const OPTIONS = { edgeThreads: 3, umask: undefined, manner: 'portico' } as const;

function placesOf(addresses: readonly BindAddress[]) {
  return addresses.map((address) => ({ address, isIpv6Only: false }));
}

async function listening(where: number | string): Promise<Server> {
  const server = createServer();
  await new Promise<void>((done) =>
    server.listen(typeof where === 'number' ? { port: where, host: '127.0.0.1' } : where, done),
  );
  return server;
}

async function faults(...addresses: BindAddress[]): Promise<string> {
  const bound = await bindSockets(placesOf(addresses), OPTIONS);
  for (const socket of bound.ok ? bound.value : []) {
    socket.close();
  }
  return bound.ok ? '' : bound.fault.join('\n');
}

test('bindSockets() makes one socket for each edge thread, all of one port, and holds it', async () => {
  const bound = await bindSockets(placesOf([LOOPBACK]), OPTIONS);
  assert.ok(bound.ok);
  const [socket] = bound.value;
  assert.ok(socket);
  const { port, fds, address } = socket.address;
  assert.equal(address, '127.0.0.1');
  assert.equal(new Set(fds).size, 3);
  const edge = createServer();
  await new Promise<void>((done) => edge.listen({ fd: fds[0] }, done));
  assert.match(await faults({ ...LOOPBACK, port }), /is in use/);
  edge.close();
  socket.close();
  assert.equal(await faults({ ...LOOPBACK, port }), '');
});

test('bindSockets() holds one port of UDP at several addresses, and reads none of its datagrams', async () => {
  const probe = createSocket('udp4').bind(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  const taken = { kind: 'udp', host: '127.0.0.1', port } as const;
  assert.match(await faults(taken), new RegExp(`127.0.0.1:${port} udp is in use by .* \\(pid ${process.pid}\\)`));
  probe.close();
  const bound = await bindSockets(placesOf([{ ...taken, host: '0.0.0.0' }, taken]), OPTIONS);
  assert.ok(bound.ok);
  const [all, one] = bound.value;
  assert.deepEqual([all?.address.kind, one?.address.kind, one?.address.fds.length], ['udp', 'udp', 3]);
  const client = createSocket('udp4');
  client.send('kept for the edge', port, '127.0.0.1');
  const edges = (one?.address.fds ?? []).map((fd) => createSocket('udp4').bind({ fd }));
  const [message] = (await Promise.race(edges.map((edge) => once(edge, 'message')))) as [Buffer];
  assert.equal(message.toString(), 'kept for the edge');
  for (const socket of [client, ...edges]) {
    socket.close();
  }
  all?.close();
});

test('bindSockets() says who has a port, and tells all faults at once', async () => {
  const server = await listening(0);
  const { port } = server.address() as { port: number };
  const told = await faults(
    { ...LOOPBACK, port },
    { ...LOOPBACK, host: '192.0.2.1' },
    { kind: 'unix', path: '/nowhere/s' },
    LOOPBACK,
  );
  server.close();
  assert.match(told, new RegExp(`127\\.0\\.0\\.1:${port} is in use by .* \\(pid ${process.pid}\\)`));
  assert.match(told, /192\.0\.2\.1:0: this machine does not have that address/);
  assert.match(told, /there is no folder \/nowhere/);
});

test('bindSockets() refuses a name that nobody knows', async () => {
  assert.match(
    await faults({ ...LOOPBACK, host: 'no-such-host.invalid' }),
    /"no-such-host\.invalid" in --bind is not a name/,
  );
});

test('bindSockets() replaces a stale Unix socket, and nothing that lives or is no socket', async () => {
  const path = join(ROOT, 's');
  const first = await bindSockets(placesOf([{ kind: 'unix', path }]), OPTIONS);
  assert.ok(first.ok);
  assert.equal(new Set(first.value[0]?.address.fds).size, 1, 'one that all threads share');
  const second = await bindSockets(placesOf([{ kind: 'unix', path }]), OPTIONS);
  assert.ok(second.ok, 'nobody listens on it');
  first.value[0]?.close();
  assert.ok(existsSync(path), 'the socket of another is left alone');
  second.value[0]?.close();
  assert.equal(existsSync(path), false);
  const server = await listening(path);
  assert.match(await faults({ kind: 'unix', path }), /is in use/);
  server.close();
  const file = join(ROOT, 'file');
  writeFileSync(file, '');
  assert.match(await faults({ kind: 'unix', path: file }), /exists and is not a socket/);
});

test('an address that cannot be bound is told in the words of nginx where those are asked for', async () => {
  const server = await listening(0);
  const { port } = server.address() as { port: number };
  const bound = await bindSockets(placesOf([{ ...LOOPBACK, port }]), { ...OPTIONS, manner: 'nginx' });
  server.close();
  assert.deepEqual(bound.ok ? [] : bound.fault, [`bind() to 127.0.0.1:${port} failed (98: Address already in use)`]);
});
