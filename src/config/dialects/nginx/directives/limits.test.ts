import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Scope } from '../../../model/scope.ts';
import { errorsOf, inHttp, innermost, readText } from '../fake-files.ts';
import { checkLimits, limitsOf, zonesOf } from './limits.ts';

const ZONES =
  'limit_req_zone $remote_addr zone=one:1m rate=30r/m; limit_conn_zone $a$uri zone=two:64k; map $uri $a { a b; }';

function limits(text: string): { readonly scope: Partial<Scope>; readonly told: string[] } {
  const told: string[] = [];
  const { draft } = readText(`events {} http { ${ZONES} ${text} }`);
  for (const http of draft.children.filter(({ kind }) => kind === 'http')) {
    checkLimits(http, (_code, _place, message) => told.push(message));
  }
  return { scope: limitsOf(innermost(draft)), told };
}

test('zones have their key, size and rate', () => {
  assert.deepEqual(zonesOf(readText(`events {} http { ${ZONES} }`).draft), [
    { name: 'one', kind: 'requests', key: [{ variable: 'remote_addr' }], bytes: 1_048_576, ratePerKilosecond: 500 },
    {
      name: 'two',
      kind: 'connections',
      key: [{ variable: 'a' }, { variable: 'uri' }],
      bytes: 65_536,
      ratePerKilosecond: 0,
    },
  ]);
});

test('a block has the limits of the nearest one that says any, and the manner by itself', () => {
  const { scope, told } = limits(
    'limit_req zone=one burst=5 nodelay; limit_req_status 429; server { limit_conn two 3; location / { limit_req_dry_run on; limit_conn_log_level info; } }',
  );
  assert.deepEqual(told, []);
  assert.deepEqual(scope, {
    requestRates: {
      rates: [{ zone: 'one', burst: 5, delayAfter: 'all' }],
      manner: { status: 429, logLevel: 'error', isDry: true },
    },
    connectionCounts: {
      counts: [{ zone: 'two', max: 3 }],
      manner: { status: 503, logLevel: 'info', isDry: false },
    },
  });
  assert.deepEqual(limits('server { limit_req zone=one burst=5 delay=2; }').scope.requestRates?.rates, [
    { zone: 'one', burst: 5, delayAfter: 2 },
  ]);
  assert.deepEqual(limits('server { }').scope, {});
});

test('a zone that nobody has defined, or that counts something else, is told of', () => {
  assert.deepEqual(limits('server { limit_req zone=three; limit_req zone=two; }').told, [
    'unknown limit_req_zone "three"',
    'unknown limit_req_zone "two"',
  ]);
  assert.deepEqual(limits('server { limit_conn one 1; }').told, ['unknown limit_conn_zone "one"']);
});

test('bad values are told in the words of nginx', () => {
  assert.deepEqual(
    inHttp(
      'limit_req_zone $uri zone=a rate=1r/s; limit_req_zone $uri zone=a:1k rate=1r/s; limit_req_zone $uri zone=a:1m rate=1/s; ' +
        'limit_req_zone $uri rate=1r/s rate=1r/s; limit_conn_zone $uri name=a; limit_req zone=one burst=x; limit_req burst=1;',
    ).map((line) => line.replace(/^\S+ /, '')),
    [
      'invalid zone size "zone=a"',
      'zone "a" is too small',
      'invalid rate "rate=1/s"',
      '"limit_req_zone" must have "zone" parameter',
      'invalid parameter "name=a"',
      'invalid burst value "burst=x"',
      '"limit_req" must have "zone" parameter',
    ],
  );
});

test('a zone has one use: no other kind has its name, and no zone of streams has that of one of requests', () => {
  const connections = 'limit_conn_zone $remote_addr zone=one:64k;';
  const used = 'the shared memory zone "one" is already declared for a different use';
  const told = (text: string) => errorsOf(`events {} ${text}`).map((each) => each.replace(/^\S+ /, ''));
  assert.deepEqual(told(`http { ${connections} } stream { ${connections} }`), [used]);
  assert.deepEqual(told(`stream { ${connections} } http { limit_req_zone $remote_addr zone=one:64k rate=1r/s; }`), [
    used,
  ]);
  assert.deepEqual(told(`http { limit_req_zone $remote_addr zone=one:64k rate=1r/s; ${connections} }`), [used]);
  assert.deepEqual(told(`http { ${connections} ${connections} }`), ['limit_conn_zone "one" is already bound to a key']);
  assert.deepEqual(told(`http { ${connections} } stream { limit_conn_zone $remote_addr zone=two:64k; }`), []);
  assert.deepEqual(told(`http { ${connections} upstream u { zone one 64k; server 127.0.0.1; } }`), [used]);
  const upstream = 'upstream u { zone one; server 127.0.0.1:1; }';
  assert.deepEqual(told(`stream { ${upstream} } http { ${upstream} }`), [used]);
  assert.deepEqual(told(`http { ssl_session_cache shared:one:64k; ${connections} }`), [used]);
  assert.deepEqual(told(`http { ssl_session_cache shared:one:64k; server { ssl_session_cache shared:one:64k; } }`), []);
  const learn = 'sticky learn create=$cookie_a lookup=$cookie_a zone=one:64k; server 127.0.0.1;';
  assert.deepEqual(told(`http { ${connections} upstream u { ${learn} } }`), [used]);
  assert.deepEqual(told(`http { upstream u { ${learn} } upstream v { ${learn} } }`), [
    'sticky zone "one" is already used in upstream "u"',
  ]);
});

test('a zone has one size, which one of the lines that name it says', () => {
  const upstream = (name: string, size: string) => `upstream ${name} { zone shared ${size}; server 127.0.0.1; }`;
  const told = (text: string) => inHttp(text).map((each) => each.replace(/^\S+ /, ''));
  assert.deepEqual(told(upstream('u', '64k') + upstream('v', '') + upstream('w', '64k')), []);
  assert.deepEqual(told(upstream('u', '') + upstream('v', '64k') + upstream('w', '1m')), [
    'the size 1048576 of shared memory zone "shared" conflicts with already declared size 65536',
  ]);
  assert.deepEqual(told('limit_req_zone $uri zone=a:64k rate=1r/s; limit_req_zone $uri zone=a:1m rate=1r/s;'), [
    'the size 1048576 of shared memory zone "a" conflicts with already declared size 65536',
  ]);
});
