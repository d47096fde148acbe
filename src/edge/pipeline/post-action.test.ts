import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { fieldsOf } from '../../protocol/http/response-fields.ts';
import type { FakeModel } from '../plan/fake-site.ts';
import { FakeSite, location } from '../plan/fake-site.ts';

const HEAD = { status: 200, reason: undefined, fields: fieldsOf('') } as const;

function asking(model: Partial<FakeModel>, ...paths: string[]): string[] {
  const asked: string[] = [];
  const site = new FakeSite(
    { locations: [location('/'), location('/after', { isInternal: true }), location('@named')], ...model },
    {
      produceOf: () => (exchange, route) => {
        asked.push(`${route?.location.text} ${exchange.method} ${exchange.path}`);
        exchange.responder.respond(HEAD, undefined);
      },
    },
  );
  for (const path of paths) {
    site.ask(path);
  }
  return asked;
}

test('a location is asked when a request is over, once', () => {
  deepEqual(asking({ scopes: [{ postAction: '/after' }] }, '/a?b'), ['/ GET /a', '/after GET /after']);
});

test('one with a name sees the path of the request', () => {
  deepEqual(asking({ scopes: [{ postAction: '@named' }] }, '/a'), ['/ GET /a', '@named GET /a']);
  deepEqual(asking({ scopes: [{ postAction: '@none' }] }, '/a'), ['/ GET /a']);
});

test('a request that was refused has one too', () => {
  const locations = [
    location('/', { rewrite: [{ kind: 'return', status: 403, body: undefined }] }),
    location('/after', { isInternal: true }),
  ];
  deepEqual(asking({ scopes: [{ postAction: '/after' }], locations }, '/a'), ['/after GET /after']);
});
