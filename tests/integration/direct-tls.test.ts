// TLS right upon the handle of a connection: everything arrives, and whatever the client does in its handshake ends that connection and nothing else.

import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import type { AddressInfo, Socket } from 'node:net';
import { createServer, connect as dial } from 'node:net';
import { after, test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { connect, createSecureContext, TLSSocket as SocketOfNode } from 'node:tls';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { BareHandle } from '../../src/relay/sockets/bare-connection.ts';
import { BareConnection } from '../../src/relay/sockets/bare-connection.ts';
import type { DirectTlsHandle } from '../../src/relay/sockets/direct-tls.ts';
import { checkTlsBinding, closeNotify, isTlsDirect, shakeHands } from '../../src/relay/sockets/direct-tls.ts';
import { DirectTlsSocket, takeTls } from '../../src/relay/sockets/direct-tls-socket.ts';
import { DirectWriter } from '../../src/relay/sockets/direct-writer.ts';
import { carrierOf, isPeerGone } from '../../src/relay/sockets/node-internals.ts';
import { bindingOf, checkStreamBinding, streamBinding } from '../../src/relay/sockets/stream-binding.ts';
import { Authority } from './certificates.ts';
import { makeFolder } from './server.ts';

const folder = makeFolder();
after(() => rmSync(folder, { recursive: true }));
const issued = new Authority(folder).issue('site');
const context = createSecureContext({ cert: readFileSync(issued.cert), key: readFileSync(issued.key) });
const alpn = Buffer.from('\x08http/1.1');
const buffer = Buffer.alloc(10);
const told: string[] = [];
let onSecured: (handle: DirectTlsHandle) => void = () => undefined;

function accept(connection: BareConnection): void {
  const owner = {
    onSecured: (handle: DirectTlsHandle) => onSecured(handle),
    onData: (_: DirectTlsHandle, bytes: Buffer) => void told.push(bytes.latin1Slice()),
    onFailed: (error: Error) => {
      told.push(error.message);
      connection.destroy();
    },
    onEnd: () => {
      told.push('end');
      connection.destroy();
    },
    onBug: (error: unknown) => {
      told.push(String(error));
      connection.destroy();
    },
  };
  connection.read({
    ...owner,
    onBytes: (read) => shakeHands(connection, { context, alpn, staple: undefined, read, owner }),
    onClose: () => void told.push('close'),
  });
}

const server = createServer().listen(0, '127.0.0.1');
await once(server, 'listening');
after(() => server.close());
const { port } = server.address() as AddressInfo;
const binding = streamBinding();
interface Accepting {
  onconnection(status: number, handle: BareHandle): void;
}
// As listenForBare does it, on a descriptor that Node has not opened.
(server as unknown as { readonly _handle: Accepting })._handle.onconnection = (_, handle) => {
  if (binding !== undefined) accept(new BareConnection(handle, binding));
};

function reach(): TLSSocket {
  const options = { host: '127.0.0.1', port, rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] };
  return connect(options).on('error', () => undefined);
}

async function openPair(): Promise<{ readonly edge: DirectTlsSocket; readonly peer: TLSSocket }> {
  told.length = 0;
  const secured = new Promise<DirectTlsSocket>((done) => {
    onSecured = (handle) => done(new DirectTlsSocket(handle, buffer));
  });
  const peer = reach();
  const [edge] = await Promise.all([secured, once(peer, 'secureConnect')]);
  edge.owner = { onBug: (error) => void told.push(String(error)) };
  edge.on('error', () => undefined);
  return { edge, peer };
}

async function readAll(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((done) => setImmediate(done));
}

test('this Node has what is needed', () => {
  ok(isTlsDirect() && binding !== undefined);
});

test('where Node has something else, it is not used', () => {
  const { _wrapHandle: caller } = SocketOfNode.prototype as unknown as { readonly _wrapHandle: unknown };
  const tls = bindingOf('tls_wrap');
  ok(checkTlsBinding(tls, String(caller)));
  equal(checkTlsBinding(tls, String(caller).replace('!!options.isServer,', '')), undefined, 'fewer arguments');
  equal(checkTlsBinding(undefined, String(caller)), undefined);
  equal(checkTlsBinding({ wrap: () => undefined, TLSWrap: class {} }, String(caller)), undefined, 'fewer methods');
  equal(bindingOf('none_of_this_name'), undefined);
  equal(checkStreamBinding(undefined), undefined);
  equal(checkStreamBinding({ ...binding, kReadBytesOrError: undefined }), undefined);
});

test('everything arrives both ways, and both ends are told', async () => {
  const { edge, peer } = await openPair();
  const read: string[] = [];
  const receive = (length: number): undefined => void read.push(buffer.latin1Slice(0, length));
  ok(takeTls(edge, buffer, { owner: { onBug: () => undefined }, receive }));
  deepEqual([edge.alpnProtocol, edge.getProtocol(), edge.isSessionReused()], ['http/1.1', 'TLSv1.3', false]);
  match(edge.getCipher()?.name ?? '', /^TLS_/);
  deepEqual([edge.remoteAddress, edge.localPort, carrierOf(edge)], ['127.0.0.1', port, edge]);
  peer.write('0123456789abcdef');
  await until(() => read.join('') === '0123456789abcdef');
  edge.pause();
  peer.write('more');
  for (let turn = 0; turn < 50; turn += 1) await new Promise((done) => setImmediate(done));
  deepEqual(read, ['0123456789', 'abcdef']);
  edge.resume();
  await until(() => read.join('') === '0123456789abcdefmore');
  const writer = new DirectWriter(edge);
  equal(writer.write(Buffer.from('xhellox'), 1, 6), 5);
  equal(writer.isReady, false, 'until the kernel has it');
  edge.write(' world');
  edge.end('!');
  equal(await readAll(peer), 'hello world!');
  peer.end();
  await once(edge, 'close');
  deepEqual(
    [edge.getCipher(), edge.getSession(), edge.alpnProtocol],
    [null, undefined, null],
    'nothing is known of it',
  );
});

test('a reset is one, also when our side is being closed', async () => {
  for (const isEnding of [false, true]) {
    const { edge, peer } = await openPair();
    if (isEnding) edge.end();
    edge.resetAndDestroy();
    equal(isPeerGone(edge), false);
    peer.resume();
    await until(() => edge.closed && peer.closed);
  }
});

test('a client that resets is noticed without reading', async () => {
  const { edge, peer } = await openPair();
  edge.pause();
  equal(isPeerGone(edge), false);
  resetOf(peer);
  await until(() => isPeerGone(edge));
  edge.destroy();
  await once(edge, 'close');
  equal(isPeerGone(edge), false, 'its descriptor may be that of another by now');
});

test('an error of ours ends the connection in which it is made', async () => {
  told.length = 0;
  onSecured = () => {
    throw new Error('a bug');
  };
  const first = reach();
  first.resume();
  await once(first, 'close');
  await until(() => told.includes('close'));
  deepEqual(told, ['Error: a bug', 'close']);
  const { edge, peer } = await openPair();
  edge.receive = () => {
    throw new Error('another');
  };
  peer.resume();
  peer.write('a');
  await once(edge, 'close');
  deepEqual(told, ['Error: another']);
});

test('a connection need not be a stream before something comes, and both sides of TLS are closed all the same', async () => {
  told.length = 0;
  let held: DirectTlsHandle | undefined;
  onSecured = (handle) => {
    held = handle;
  };
  const peer = reach();
  await once(peer, 'secureConnect');
  peer.write('first');
  await until(() => told.length > 0);
  deepEqual(told, ['first']);
  const handle = held as unknown as DirectTlsHandle;
  closeNotify(handle);
  handle.close();
  // Without a close_notify, a client of Node's is told of an error.
  equal(await readAll(peer), '');
  await until(() => handle._parent === undefined);
  equal(handle.onread?.(), undefined, 'what is closed leads nowhere');
});

test('a client that has closed its side is told of ours when nothing is left to be sent', async () => {
  const { edge, peer } = await openPair();
  const answer = readAll(peer);
  edge.on('end', () => {
    edge.write('last');
    edge.destroySoon();
  });
  peer.end();
  equal(await answer, 'last');
  const other = await openPair();
  const nothing = readAll(other.peer);
  other.edge.on('end', () => other.edge.destroySoon());
  other.peer.end();
  equal(await nothing, '');
  await until(() => edge.closed && other.edge.closed);
});

test('what is no handshake behind a first message is refused, and a client that leaves forgotten', async () => {
  const hello = await helloOf();
  for (const [rest, expected] of [
    ['x'.repeat(100), /bad record type/],
    ['', /^end$/],
  ] as const) {
    told.length = 0;
    const client = dial(port, '127.0.0.1').on('error', () => undefined);
    client.resume().write(Buffer.concat([hello, Buffer.from(rest)]));
    if (rest === '') client.end();
    await once(client, 'close');
    await until(() => told.includes('close'));
    match(told[0] ?? '', expected);
    equal(told.length, 2);
  }
});

test('a handshake outlives the collection of what nobody holds', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const hello = await helloOf();
  const client = dial(port, '127.0.0.1').on('error', () => undefined);
  told.length = 0;
  client.write(hello);
  await once(client, 'data');
  for (let turn = 0; turn < 5; turn += 1) {
    collect();
    await new Promise((done) => setImmediate(done));
  }
  client.resume().write('x'.repeat(100));
  await until(() => told.includes('close'));
  match(told[0] ?? '', /bad record type/, 'said by the same OpenSSL');
});

/** A client's socket of node:tls cannot be reset, but what is under it. */
function resetOf(peer: TLSSocket): void {
  const { _handle: handle } = peer as unknown as { readonly _handle: { readonly _parent: BareHandle } };
  handle._parent.reset?.(() => undefined);
}

/** The first message of a client of Node's. */
async function helloOf(): Promise<Buffer> {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const client = connect({ port: (listener.address() as AddressInfo).port, host: '127.0.0.1' });
  client.on('error', () => undefined);
  const [socket] = (await once(listener, 'connection')) as [Socket];
  const [bytes] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  client.destroy();
  listener.close();
  return bytes;
}
