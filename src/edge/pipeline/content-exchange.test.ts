import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import type { BodySink } from '../../protocol/http/exchange.ts';
import { FakeExchange } from '../../relay/fake-exchange.ts';
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
