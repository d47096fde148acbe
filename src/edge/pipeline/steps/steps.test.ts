import { deepEqual, equal, match } from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { LimitManner, RealIp } from '../../../config/model/access.ts';
import type { Scope } from '../../../config/model/scope.ts';
import { FakeClock } from '../../../kernel/fake-clock.ts';
import { NO_FIELDS as EMPTY } from '../../../protocol/http/response-fields.ts';
import { FakeSite, fakeErrorLogs, location } from '../../plan/fake-site.ts';

const MANNER: LimitManner = { status: 503, logLevel: 'error', isDry: false };
const ZONES = [
  { name: 'one', kind: 'requests', key: [{ variable: 'arg_k' }], bytes: 65_536, ratePerKilosecond: 1000 },
  { name: 'two', kind: 'connections', key: [{ variable: 'arg_k' }], bytes: 65_536, ratePerKilosecond: 0 },
] as const;

function rates(burst: number, delayAfter: number | 'all', more: Partial<LimitManner> = {}): Partial<Scope> {
  return { requestRates: { rates: [{ zone: 'one', burst, delayAfter }], manner: { ...MANNER, ...more } } };
}

test('a rate refuses what comes too fast, by key, and says so in the log and in $limit_req_status', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rates-'));
  try {
    const clock = new FakeClock();
    const path = join(folder, 'error.log');
    const site = new FakeSite(
      {
        zones: ZONES,
        scopes: [
          {
            ...rates(1, 'all', { status: 429 }),
            errorLogs: [{ sink: { kind: 'file', path }, level: 'error' }],
            fields: {
              fields: [{ name: 'X-Limit', value: [{ variable: 'limit_req_status' }], always: true, effect: 'add' }],
              trailers: [],
              expires: undefined,
            },
          },
        ],
        locations: [location('/')],
      },
      { clock, errorLogs: fakeErrorLogs(clock) },
    );
    const asked = ['a', 'a', 'a', 'b', ''].map((key) => site.ask(`/?k=${key}`));
    deepEqual(
      asked.map(({ status }) => status),
      [200, 200, 429, 200, 200],
    );
    deepEqual(
      asked.map((exchange) => exchange.field('x-limit')),
      ['PASSED', 'PASSED', 'REJECTED', 'PASSED', undefined],
    );
    match(readFileSync(path, 'latin1'), /limiting requests, excess: 2\.000 by zone "one", client: 192\.0\.2\.1/);
    clock.advance(1000);
    equal(site.ask('/?k=a').status, 200);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a rate holds back what is in its burst, and forgets who has gone', async () => {
  const site = new FakeSite({
    zones: [{ ...ZONES[0], ratePerKilosecond: 100_000 }],
    scopes: [rates(5, 0)],
    locations: [location('/')],
  });
  equal(site.ask('/?k=a').status, 200);
  const delayed = site.ask('/?k=a');
  equal(delayed.status, 0);
  const gone = site.ask('/?k=a');
  gone.leave();
  equal((await delayed.over).status, 200);
  equal(gone.status, 0);
});

test('a dry run lets everything through', () => {
  const site = new FakeSite({ zones: ZONES, scopes: [rates(0, 0, { isDry: true })], locations: [location('/')] });
  deepEqual(
    [1, 2, 3].map(() => site.ask('/?k=a').status),
    [200, 200, 200],
  );
});

test('connections are counted until their requests are over', () => {
  const held: (() => void)[] = [];
  const site = new FakeSite(
    {
      zones: ZONES,
      scopes: [{ connectionCounts: { counts: [{ zone: 'two', max: 2 }], manner: MANNER } }],
      locations: [location('/')],
    },
    {
      produceOf: () => (exchange, route) => {
        held.push(() => exchange.responder.respond({ status: 200, reason: undefined, fields: EMPTY }, route?.path));
      },
    },
  );
  const first = site.ask('/?k=a');
  const second = site.ask('/?k=a');
  equal(site.ask('/?k=a').status, 503);
  equal(site.ask('/?k=b').status, 0);
  held[0]?.();
  equal(first.status, 200);
  const third = site.ask('/?k=a');
  equal(third.status, 0);
  second.leave();
  equal(site.ask('/?k=a').status, 0, 'who has gone is counted no more');
});

test('a request that is refused when its client has gone asks no error page, and counts for nobody', () => {
  const held: (() => void)[] = [];
  let pagesAsked = 0;
  const site = new FakeSite(
    {
      zones: ZONES,
      scopes: [
        {
          refusals: {
            pages: [{ statuses: [404], to: ['@page'], status: 'unchanged' }],
            isRecursive: false,
            style: 'nginx',
            pads: false,
          },
        },
        { connectionCounts: { counts: [{ zone: 'two', max: 1 }], manner: MANNER } },
      ],
      locations: [location('/'), location('@page', { scope: 1, content: { kind: 'status' } })],
    },
    {
      produceOf:
        ({ kind }) =>
        ({ responder }) => {
          if (kind === 'status') {
            pagesAsked += 1;
            held.push(() => responder.respond({ status: 200, reason: undefined, fields: EMPTY }, 'page'));
          } else {
            held.push(() => responder.refuse(404));
          }
        },
    },
  );
  site.ask('/?k=a').leave();
  held[0]?.();
  equal(pagesAsked, 0);
  const next = site.ask('/?k=a');
  held[1]?.();
  held[2]?.();
  equal(next.body, 'page', 'the place of the one that has gone is free');
});

function realIp(more: Partial<RealIp>): Partial<Scope> {
  return {
    realIp: { from: ['192.0.2.1'], source: { kind: 'field', name: 'x-forwarded-for' }, isRecursive: false, ...more },
  };
}

test('a trusted peer names its client, before rules ask for the address', () => {
  const asked = (scope: Partial<Scope>, ...fields: (readonly [string, string])[]): string => {
    const body = [{ variable: 'remote_addr' }, ' ', { variable: 'realip_remote_addr' }] as const;
    const site = new FakeSite({
      scopes: [scope],
      locations: [location('/', { rewrite: [{ kind: 'return', status: 200, body }] })],
    });
    return site.ask({ path: '/', fields }).body;
  };
  const field = ['X-Forwarded-For', '9.9.9.9, 8.8.8.8, 192.0.2.1'] as const;
  equal(asked(realIp({}), field), '192.0.2.1 192.0.2.1');
  equal(asked(realIp({ isRecursive: true }), field), '8.8.8.8 192.0.2.1');
  equal(asked(realIp({ from: ['10.0.0.0/8'] }), field), '192.0.2.1 192.0.2.1');
  equal(asked(realIp({}), ['X-Forwarded-For', 'nonsense']), '192.0.2.1 192.0.2.1');
  equal(asked(realIp({ source: { kind: 'field', name: 'x-real-ip' } }), ['X-Real-IP', '7.7.7.7']), '7.7.7.7 192.0.2.1');
});
