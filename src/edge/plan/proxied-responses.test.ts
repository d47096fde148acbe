/** What the filters of a scope do with the response of a server behind, which comes bit by bit. */

import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { ResponseHead } from '../../protocol/http/exchange.ts';
import { fieldsOf } from '../../protocol/http/response-fields.ts';
import { followAccelRedirect } from '../pipeline/accel-redirect.ts';
import type { Produce } from '../pipeline/route.ts';
import type { FakeClientExchange } from './fake-client-exchange.ts';
import type { FakeModel } from './fake-site.ts';
import { FakeSite, location, tellingContent } from './fake-site.ts';

const FIELDS = 'ETag: "a"\r\nLast-Modified: Mon, 30 Nov 2020 00:00:00 GMT\r\nAccept-Ranges: bytes\r\n';

function ask(
  fields: readonly (readonly [string, string])[],
  more: Partial<ResponseHead>,
  site: FakeModel = {},
  before: Produce = () => undefined,
): FakeClientExchange {
  const produce: Produce = (exchange, route) => {
    before(exchange, route);
    const head = { status: 200, reason: undefined, fields: fieldsOf(FIELDS), isProxied: true, ...more };
    exchange.responder.begin(head, 10);
    exchange.responder.write(Buffer.from('01234'));
    exchange.responder.write(Buffer.from('56789'));
    exchange.responder.end();
  };
  return new FakeSite(site, { produceOf: () => produce }).ask({ path: '/', fields });
}

test('conditions of the client were judged by the server, and are not judged again', () => {
  for (const condition of [
    ['If-None-Match', '"a"'],
    ['If-Unmodified-Since', 'Mon, 30 Nov 2009 00:00:00 GMT'],
  ] as const) {
    deepEqual([ask([condition], {}).status, ask([condition], {}).body], [200, '0123456789']);
    equal(ask([condition], { isProxied: false }).status === 200, false);
  }
});

test('a range is cut from a body that comes bit by bit, where that is asked for', () => {
  const cut = ask([['Range', 'bytes=3-6']], { takesRanges: true });
  deepEqual([cut.status, cut.length, cut.body, cut.field('content-range')], [206, 4, '3456', 'bytes 3-6/10']);
  equal(cut.field('accept-ranges'), undefined);
  deepEqual([ask([['Range', 'bytes=3-6']], {}).status, ask([['Range', 'bytes=3-6']], {}).body], [200, '0123456789']);
  equal(ask([['Range', 'bytes=10-']], { takesRanges: true }).status, 416);
});

test('a body that has come whole is cut like one that has not', () => {
  const produce: Produce = (exchange) => {
    const head = { status: 200, reason: undefined, fields: fieldsOf(FIELDS), isProxied: true, takesRanges: true };
    exchange.responder.respond(head, Buffer.from('0123456789'));
  };
  const one = new FakeSite({}, { produceOf: () => produce }).ask({ path: '/', fields: [['Range', 'bytes=3-6']] });
  deepEqual([one.status, one.body, one.field('accept-ranges')], [206, '3456', undefined]);
  const two = new FakeSite({}, { produceOf: () => produce }).ask({ path: '/', fields: [['Range', 'bytes=0-1,3-6']] });
  deepEqual([two.status, two.body], [200, '0123456789']);
});

test('several ranges are not: the body cannot be gone back in', () => {
  const whole = ask([['Range', 'bytes=0-1,4-5']], { takesRanges: true });
  deepEqual([whole.status, whole.body, whole.field('accept-ranges')], [200, '0123456789', 'bytes']);
});

test('a rate of the response itself holds in a scope that has none', () => {
  const slow = ask([], {}, {}, (_, route) => {
    if (route !== undefined) {
      route.limitRate = 4;
    }
  });
  equal(slow.body, '0123');
  // The rest is not waited for.
  slow.watcher?.onGone();
});

test('a charset of the response itself takes the place of that of the scope, or of none', () => {
  const scopes = [{ charset: { charset: 'utf-8', source: '', types: ['text/html'], overridesContent: false } }];
  const head = { fields: fieldsOf('Content-Type: text/html\r\n') };
  for (const site of [{ scopes }, {}]) {
    const said = ask([], head, site, (_, route) => {
      if (route !== undefined) {
        route.charset = 'koi8-r';
      }
    });
    equal(said.field('content-type'), 'text/html; charset=koi8-r');
  }
  equal(ask([], head).field('content-type'), 'text/html');
});

test('X-Accel-Redirect asks a path by GET, and a named location by the method of the client', () => {
  const to = (target: string): string => {
    const locations = [location('/inner'), location('@inner'), location('/', { content: { kind: 'empty-gif' } })];
    const site = new FakeSite(
      { locations },
      {
        produceOf: (content) =>
          content.kind === 'empty-gif'
            ? (exchange) => followAccelRedirect(exchange, target, fieldsOf(''))
            : tellingContent(content),
      },
    );
    return site.ask({ path: '/x', method: 'POST' }).body;
  };
  deepEqual([to('/inner'), to('@inner')], ['files GET /inner', 'files POST /x']);
});
