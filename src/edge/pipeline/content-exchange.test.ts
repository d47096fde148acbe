import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import type { BodySink } from '../../protocol/http/exchange.ts';
import { FakeExchange } from '../../relay/fake-exchange.ts';
import type { RequestBody } from '../../upstream/request-body.ts';
import { ContentExchange } from './content-exchange.ts';

test('ContentExchange has the path as the client has sent it, unless the path is another one by now', () => {
  const exchange = new FakeExchange('a b');
  Object.defineProperty(exchange, 'rawPath', { value: '/a%20b' });
  const { method, query, client, block } = exchange;
  const facts = {
    method,
    query,
    client,
    block,
    hasBody: false,
    readBody: undefined,
    onBodyTaken: (sink: BodySink) => sink,
  };
  const rawPathAt = (path: string): string => new ContentExchange(exchange, { ...facts, path }, exchange).rawPath;
  deepEqual([rawPathAt('/a b'), rawPathAt('/caf\xc3\xa9?')], ['/a%20b', '/caf%C3%A9%3F']);
});

test('ContentExchange gives a body that was read before from its beginning, with its length', () => {
  const exchange = new FakeExchange('x');
  const { method, query, client, block, path } = exchange;
  let resumed = 0;
  const replay = (): RequestBody => ({
    length: 3,
    isRepeatable: true,
    start: (taker) => {
      taker.take(Buffer.from('abc'));
      taker.finish();
    },
    resume: () => {
      resumed += 1;
    },
    stop: () => undefined,
  });
  const onBodyTaken = (): never => {
    throw new Error('the client has no body any more');
  };
  const readBody = { length: 3, text: undefined, path: '', replay };
  const facts = { method, query, client, block, path, hasBody: true, readBody, onBodyTaken };
  const content = new ContentExchange(exchange, facts, exchange);
  let heard = '';
  content.readBody({
    data: (bytes) => {
      heard += bytes.toString();
      return false;
    },
    end: () => {
      heard += ' end';
    },
    fail: () => undefined,
  });
  content.resumeBody();
  deepEqual([content.bodyLength, heard, resumed], [3, 'abc end', 1]);
});
