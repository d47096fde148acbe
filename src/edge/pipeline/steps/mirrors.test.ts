import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { Scope } from '../../../config/model/scope.ts';
import type { Exchange } from '../../../protocol/http/exchange.ts';
import { fieldsOf } from '../../../protocol/http/response-fields.ts';
import { FakeSite, location } from '../../plan/fake-site.ts';

const HEAD = { status: 200, reason: undefined, fields: fieldsOf('') } as const;

interface Mirrored {
  readonly site: FakeSite;
  /** In the order in which contents were asked. */
  readonly asked: string[];
}

/** `readsBody`: the content of `/` does; that of the mirror always does. */
function mirrored(mirrors: Partial<NonNullable<Scope['mirrors']>>, readsBody: boolean): Mirrored {
  const asked: string[] = [];
  const answer = (exchange: Exchange): void => {
    const { method, path, query, responder } = exchange;
    const pieces: Buffer[] = [];
    const respond = (): void => {
      asked.push(`${method} ${path}?${query} ${Buffer.concat(pieces).length}`);
      responder.respond(HEAD, 'answer');
    };
    if (exchange.hasBody && (readsBody || path === '/mirror')) {
      exchange.readBody({ data: (bytes) => pieces.push(bytes) > 0, end: respond, fail: respond });
    } else {
      respond();
    }
  };
  const scope: Partial<Scope> = {
    mirrors: { uris: ['/mirror'], hasBody: true, ...mirrors },
    requestBodies: { bytesMax: 0 },
  };
  const site = new FakeSite(
    { scopes: [scope, {}], locations: [location('/'), location('/mirror', { scope: 1, isInternal: true })] },
    { produceOf: () => answer },
  );
  return { site, asked };
}

test('a mirror gets the method and the arguments, and its answer goes nowhere', () => {
  const { site, asked } = mirrored({ uris: ['/mirror', '/mirror'] }, true);
  const got = site.ask({ method: 'DELETE', path: '/a', query: 'b=c' });
  deepEqual([got.status, got.body], [200, 'answer']);
  deepEqual(asked, ['DELETE /mirror?b=c 0', 'DELETE /mirror?b=c 0', 'DELETE /a?b=c 0']);
});

test('a body that the content reads is in the mirrored request too', () => {
  const { site, asked } = mirrored({}, true);
  equal(site.ask({ method: 'POST', path: '/', bodyLength: 5 }).status, 200);
  deepEqual(asked, ['POST /mirror? 5', 'POST /? 5']);
});

test('one that nobody reads is not, nor one that is not to be', () => {
  const unread = mirrored({}, false);
  unread.site.ask({ method: 'POST', path: '/', bodyLength: 5 });
  deepEqual(unread.asked, ['POST /? 0', 'POST /mirror? 0']);
  const without = mirrored({ hasBody: false }, true);
  without.site.ask({ method: 'POST', path: '/', bodyLength: 5 });
  deepEqual(without.asked, ['POST /mirror? 0', 'POST /? 5']);
});

test('a request with more of a body than is kept is not mirrored', () => {
  const { site, asked } = mirrored({}, true);
  site.ask({ method: 'POST', path: '/', bodyLength: 1024 * 1024 + 1 });
  deepEqual(asked, ['POST /? 1048577']);
});

test('a request does not wait for its mirrors, and what it holds is kept until they have ended', () => {
  const over: string[] = [];
  const slow: Exchange[] = [];
  const site = new FakeSite(
    {
      scopes: [{ mirrors: { uris: ['/mirror'], hasBody: true } }, {}],
      locations: [location('/'), location('/mirror', { scope: 1 })],
    },
    {
      produceOf: () => (exchange, route) => {
        if (exchange.path === '/mirror') {
          slow.push(exchange);
        } else {
          route?.main.whenOver(() => over.push('over'));
          exchange.responder.respond(HEAD, undefined);
        }
      },
    },
  );
  equal(site.ask('/').status, 200);
  deepEqual(over, []);
  slow[0]?.responder.respond(HEAD, undefined);
  deepEqual(over, ['over']);
});
