import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { FieldRule } from '../../config/model/answers.ts';
import type { Content } from '../../config/model/content.ts';
import type { Template } from '../../config/model/template.ts';
import type { Exchange } from '../../protocol/http/exchange.ts';
import { fieldsOf } from '../../protocol/http/response-fields.ts';
import { FakeSite, location } from '../plan/fake-site.ts';
import type { Produce, Route, Subrequest, SubrequestStart } from './route.ts';

const HEAD = { status: 200, reason: undefined, fields: fieldsOf('Content-Type: text/plain\r\n') } as const;

/** `files` starts a subrequest of `/part`, which `status` answers. */
function site(
  start: Partial<SubrequestStart>,
  part: Produce,
  onEnd: (ended: Subrequest, route: Route) => void,
): FakeSite {
  const main: Produce = (exchange, route) => {
    route?.startSubrequest({
      path: '/part',
      query: 'a=1',
      bytesMax: 100,
      ...start,
      onEnd: (ended) => {
        onEnd(ended, route);
        exchange.responder.respond(HEAD, ended.body);
      },
    });
  };
  return new FakeSite(
    { locations: [location('/'), location('/part', { content: { kind: 'status' }, isInternal: true })] },
    { produceOf: ({ kind }: Content) => (kind === 'status' ? part : main) },
  );
}

test('what a subrequest is answered with is collected, and sees the client of the request but not its conditions', () => {
  const asked = site(
    {},
    ({ method, path, query, block, client, hasBody, responder }) => {
      responder.respond(
        HEAD,
        `${method} ${path}?${query} ${client.address} ${block.get('cookie') ?? ''}${block.get('range') ?? ''}${String(hasBody)}`,
      );
    },
    ({ head, isComplete }) => deepEqual([head?.status, isComplete], [200, true]),
  ).ask({
    method: 'POST',
    path: '/',
    fields: [
      ['Cookie', 'c'],
      ['Range', 'bytes=0-1'],
    ],
  });
  equal(asked.body, 'GET /part?a=1 192.0.2.1 cfalse');
});

test('what is added to responses is not added to those of subrequests', () => {
  const rule = (name: string, value: Template): FieldRule => ({ name, value, always: true, effect: 'add' });
  const added = { fields: [rule('X-A', 'a'), rule('X-Uri', [{ variable: 'uri' }])], trailers: [], expires: undefined };
  const seen: (string | undefined)[] = [];
  const asked = new FakeSite(
    { scopes: [{ fields: added }], locations: [location('/'), location('/part', { content: { kind: 'status' } })] },
    {
      produceOf:
        ({ kind }: Content) =>
        (exchange, route) => {
          if (kind === 'status') {
            exchange.responder.respond(HEAD, 'part');
            return;
          }
          const onEnd = ({ head }: Subrequest): void => {
            seen.push(head?.fields.get('x-a'), head?.fields.get('x-uri'));
            exchange.responder.respond(HEAD, 'whole');
          };
          route?.startSubrequest({ path: '/part', query: '', bytesMax: 100, onEnd });
        },
    },
  ).ask('/');
  deepEqual([seen, asked.field('x-a'), asked.field('x-uri')], [[undefined, undefined], 'a', '/']);
});

test('more than may be collected is nothing, and a refusal has its status', () => {
  const long = site(
    { bytesMax: 3 },
    ({ responder }) => responder.respond(HEAD, 'four'),
    ({ isComplete }) => equal(isComplete, true),
  );
  equal(long.ask('/').body, '');
  let status = 0;
  site(
    {},
    ({ responder }) => responder.refuse(502),
    ({ head }) => {
      status = head?.status ?? 0;
    },
  ).ask('/');
  equal(status, 502);
  let isComplete = true;
  site(
    {},
    ({ responder }) => {
      responder.begin(HEAD, undefined);
      responder.write(Buffer.from('a'));
      responder.cut();
    },
    (ended) => {
      isComplete = ended.isComplete;
    },
  ).ask('/');
  equal(isComplete, false);
});

test('a taker of the body may have it wait', () => {
  const taken: string[] = [];
  let answering: Exchange | undefined;
  let takes = false;
  let started: Subrequest | undefined;
  const at = new FakeSite(
    { locations: [location('/'), location('/part', { content: { kind: 'status' } })] },
    {
      produceOf:
        ({ kind }) =>
        (exchange, route) => {
          if (kind === 'status') {
            answering = exchange;
            return;
          }
          started = route?.startSubrequest({
            path: '/part',
            query: '',
            into: {
              write: (bytes) => {
                taken.push(bytes.toString());
                return takes;
              },
            },
            onEnd: () => exchange.responder.respond(HEAD, taken.join('')),
          });
        },
    },
  );
  const asked = at.ask('/');
  answering?.responder.begin(HEAD, undefined);
  equal(answering?.responder.write(Buffer.from('a')), false);
  equal(answering.responder.write(Buffer.from('b')), false);
  answering.responder.end();
  deepEqual([taken, asked.isOver], [['a'], false]);
  takes = true;
  started?.drained();
  equal(asked.body, 'ab');
});

test('subrequests end with the client of their request', () => {
  let wasTold = false;
  let hasEnded = false;
  const at = site(
    {},
    ({ responder }) =>
      responder.watch({
        times: undefined,
        onDrain: () => undefined,
        onGone: () => {
          wasTold = true;
        },
        onClientEnd: () => false,
      }),
    () => {
      hasEnded = true;
    },
  );
  at.ask('/').leave();
  deepEqual([wasTold, hasEnded], [true, false]);
});

test('what is asked for when the client has gone is not asked', () => {
  let goOn = (): void => undefined;
  let askedCount = 0;
  const at = new FakeSite(
    { locations: [location('/'), location('/part', { content: { kind: 'status' } })] },
    {
      produceOf:
        ({ kind }) =>
        (_, route) => {
          if (kind === 'status') {
            askedCount += 1;
          } else {
            goOn = () => route?.startSubrequest({ path: '/part', query: '', onEnd: () => undefined });
          }
        },
    },
  );
  at.ask('/').leave();
  goOn();
  equal(askedCount, 0);
});

test('subrequests lie in each other fifty deep, and no deeper', () => {
  let deepest = 0;
  const at = new FakeSite(
    { locations: [location('/')] },
    {
      produceOf: () => (exchange, route) => {
        const depth = Number(exchange.query);
        deepest = Math.max(deepest, depth);
        const inner = route?.startSubrequest({ path: '/', query: String(depth + 1), onEnd: () => undefined });
        exchange.responder.respond(HEAD, inner === undefined ? 'no more' : 'one more');
      },
    },
  );
  equal(at.ask('/?0').status, 200);
  equal(deepest, 50);
});
