/** What the transport refuses, and what handlers have it refuse, is the pipeline's to answer; and the pipeline hears of everything that is over. */

import { deepEqual, equal, match } from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import type { Exchange } from '../../protocol/http/exchange.ts';
import { fieldsOf } from '../../protocol/http/response-fields.ts';
import type { Pair } from '../../relay/sockets/fake-connection.ts';
import { openPair } from '../../relay/sockets/fake-connection.ts';
import { receive } from './fake-pipeline.ts';

const PAGE = fieldsOf('Content-Type: text/plain\r\n');

async function received(pair: Pair): Promise<string> {
  let text = '';
  pair.peer.on('data', (bytes: Buffer) => {
    text += String(bytes);
  });
  pair.peer.end();
  await once(pair.peer, 'end');
  return text;
}

test('what is no request is refused by the pipeline, which may answer later; what comes meanwhile is dropped', async () => {
  await using pair = await openPair();
  const { pipeline, connection } = receive(pair, 'GET /a HTTP/1.1\r\n bad\r\n\r\n');
  const [{ exchange, status }] = pipeline.refused as [(typeof pipeline.refused)[0]];
  deepEqual([exchange.method, exchange.target, status], ['GET', '/a', 400]);
  const more = 'GET /b HTTP/1.1\r\nHost: b\r\n\r\n';
  connection.onBytes(Buffer.from(more), more.length);
  deepEqual([pipeline.asked.length, pipeline.refused.length, pipeline.finished.length], [0, 1, 0]);
  exchange.responder.respond({ status: 418, reason: undefined, fields: PAGE }, 'tea');
  match(
    await received(pair),
    /^HTTP\/1\.1 418 I'm a Teapot\r\nContent-Type: text\/plain\r\n[\s\S]*Connection: close\r\n\r\ntea$/,
  );
  deepEqual(pipeline.finished, ['GET /a 418 3 GET /a HTTP/1.1 1 false 0']);
});

test('a handler that refuses leaves it to the pipeline what is answered, once', async () => {
  await using pair = await openPair();
  const { pipeline } = receive(pair, 'GET /a HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n');
  const exchange = pipeline.asked[0] as Exchange;
  exchange.responder.refuse(502, 'why');
  deepEqual(
    pipeline.refused.map(({ status, detail }) => [status, detail]),
    [[502, 'why']],
  );
  deepEqual(pipeline.finished, []);
  exchange.responder.respond({ status: 200, reason: undefined, fields: PAGE }, 'sorry');
  exchange.responder.refuse(500);
  equal(pipeline.refused.length, 1, 'it has been answered');
  equal(pipeline.asked.length, 2, 'the connection goes on');
  deepEqual(pipeline.finished, ['GET /a 200 5  1 true 0']);
});

test('a body that cannot be read to its end refuses a request that is not answered, and cuts one that is', async () => {
  for (const begins of [false, true]) {
    await using pair = await openPair();
    const { pipeline, connection } = receive(
      pair,
      'POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n',
    );
    const exchange = pipeline.asked[0] as Exchange;
    const told: string[] = [];
    exchange.readBody({
      data: () => true,
      end: () => told.push('end'),
      fail: () => told.push('fail'),
    });
    if (begins) {
      exchange.responder.begin({ status: 200, reason: undefined, fields: PAGE }, undefined);
    }
    connection.onBytes(Buffer.from('abc\r\n'), 5);
    deepEqual(told, ['fail']);
    equal(pipeline.refused.length, begins ? 0 : 1);
    equal(pipeline.finished.length, begins ? 1 : 0);
  }
});

test('where nobody asks what is over, no clock is read for it', async () => {
  await using pair = await openPair();
  const { pipeline } = receive(pair, 'GET /a HTTP/1.1\r\nHost: a\r\n\r\n');
  pipeline.onFinished = undefined;
  pipeline.asked[0]?.responder.respond({ status: 200, reason: undefined, fields: PAGE }, 'a');
  deepEqual(pipeline.finished, []);
});

test('what answers a refusal is not to wait for a body that cannot be read', async () => {
  for (const [text, more] of [
    ['POST /%zz HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab', ''],
    ['POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n', 'no chunk\r\n'],
  ] as const) {
    await using pair = await openPair();
    const { pipeline, connection } = receive(pair, text);
    pipeline.asked[0]?.readBody({ data: () => true, end: () => undefined, fail: () => undefined });
    connection.onBytes(Buffer.from(more), more.length);
    const [refused] = pipeline.refused;
    deepEqual([refused?.status, refused?.exchange.hasBody, refused?.exchange.bodyLength], [400, false, undefined]);
  }
});
