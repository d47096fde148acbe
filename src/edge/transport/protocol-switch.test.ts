/** A connection becomes a tunnel in two ways: with a head that the transport sends, and with one that the handler writes itself. */

import { deepEqual, equal } from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { TunnelSink } from '../../protocol/http/exchange.ts';
import { fieldsOf } from '../../protocol/http/response-fields.ts';
import type { Pair } from '../../relay/sockets/fake-connection.ts';
import { openPair } from '../../relay/sockets/fake-connection.ts';
import { receive } from './fake-pipeline.ts';

const ASKED = 'GET /a HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n';
const HEAD = { status: 101, reason: undefined, fields: fieldsOf('Upgrade: x\r\n') };

class Sink implements TunnelSink {
  readonly heard: string[] = [];

  onBytes(bytes: Buffer): boolean {
    this.heard.push(`got ${String(bytes)}`);
    return true;
  }
  onDrain(): void {
    this.heard.push('drain');
  }
  onEnd(): void {
    this.heard.push('end');
  }
  onGone(): void {
    this.heard.push('gone');
  }
}

async function received(pair: Pair): Promise<string> {
  let text = '';
  pair.peer.on('data', (bytes: Buffer) => {
    text += String(bytes);
  });
  await once(pair.peer, 'end');
  return text;
}

test('switchProtocols() sends the head, and what follows it on both sides are bytes', async () => {
  await using pair = await openPair();
  const { pipeline, connection } = receive(pair, `${ASKED}early`);
  const sink = new Sink();
  const closed = once(pair.edge, 'close');
  const tunnel = pipeline.asked[0]?.responder.switchProtocols(HEAD, sink);
  equal(tunnel?.write(Buffer.from('GET / is no request here')), true);
  deepEqual(sink.heard, [], 'the handler has its tunnel first');
  await setImmediate();
  connection.onBytes(Buffer.from('later'), 5);
  deepEqual(sink.heard, ['got early', 'got later']);
  tunnel?.end();
  pair.peer.end();
  equal(
    await received(pair),
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nDate: now\r\nConnection: Upgrade\r\n\r\nGET / is no request here',
  );
  await closed;
  deepEqual(pipeline.finished, ['GET /a 101 24  1 false 0']);
});

test('an answer to CONNECT names no upgrade', async () => {
  await using pair = await openPair();
  const { pipeline } = receive(pair, 'CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n');
  pipeline.asked[0]?.responder.switchProtocols({ ...HEAD, status: 200, fields: fieldsOf('') }, new Sink())?.end();
  pair.peer.end();
  equal(await received(pair), 'HTTP/1.1 200 OK\r\nDate: now\r\n\r\n');
});

test('takeOver() sends nothing: the handler writes its own head', async () => {
  await using pair = await openPair();
  const { pipeline } = receive(pair, ASKED);
  const tunnel = pipeline.asked[0]?.responder.takeOver(101, new Sink());
  tunnel?.write(Buffer.from('HTTP/1.1 101 Mine\r\n\r\n'));
  tunnel?.end();
  pair.peer.end();
  equal(await received(pair), 'HTTP/1.1 101 Mine\r\n\r\n');
});

test('a request that has been answered switches nothing, and neither does one that is not whole', async () => {
  await using pair = await openPair();
  const { pipeline } = receive(pair, ASKED);
  const [exchange] = pipeline.asked;
  exchange?.responder.respond({ status: 204, reason: undefined, fields: fieldsOf('') }, undefined);
  equal(exchange?.responder.switchProtocols(HEAD, new Sink()), undefined);
  equal(exchange?.responder.takeOver(101, new Sink()), undefined);
  await using other = await openPair();
  const posted = receive(other, 'POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab').pipeline.asked[0];
  equal(posted?.responder.switchProtocols(HEAD, new Sink()), undefined);
});
