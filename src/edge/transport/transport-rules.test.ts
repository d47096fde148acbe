import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { FakeRequestHead } from '../../protocol/http/fake-request.ts';
import { EDGE_LIMITS } from '../limits.ts';
import { headLimits, isKeptWith, staysOpen, transportRules, USUAL_RULES } from './transport-rules.ts';

test('what is not said is as our own limits have it', () => {
  equal(USUAL_RULES.headTimeoutMs, EDGE_LIMITS.headTimeoutMs);
  equal(USUAL_RULES.keptField, undefined);
  equal(USUAL_RULES.isChunkedOn, true);
  equal(staysOpen(USUAL_RULES, 1e9, 0, 1e12), true);
  equal(headLimits({ keepAliveMs: 1 }), undefined);
});

test('what is said holds', () => {
  const said = {
    ...{ keepAliveMs: 1, headTimeoutMs: 2, keepAliveFieldS: 3, keepAliveRequestsMax: 4 },
    ...{
      keepAliveTimeMs: 5,
      isChunkedOn: false,
      sendsTrailersUnasked: true,
      keepAliveDisabledFor: ['safari'],
      resetsTimedOut: true,
    },
    ...{ lingering: 'always' as const, lingeringTimeMs: 8, lingeringTimeoutMs: 9 },
  };
  deepEqual(transportRules(said, { timeoutMs: 6 }, { timeoutMs: 7 }), {
    firstByteMs: 2,
    headTimeoutMs: 2,
    bodyStallMs: 6,
    writeStallMs: 7,
    keepAliveMs: 1,
    keepAliveRequestsMax: 4,
    keepAliveTimeMs: 5,
    keptField: 'Connection: keep-alive\r\nKeep-Alive: timeout=3\r\n',
    keepAliveDisabledFor: ['safari'],
    isChunkedOn: false,
    sendsTrailersUnasked: true,
    lingering: 'always',
    lingerMs: 8,
    lingerIdleMs: 9,
    resetsTimedOut: true,
  });
  equal(transportRules({ keepAliveMs: 1, saysKept: true }, {}, {}).keptField, 'Connection: keep-alive\r\n');
});

test('the last request that a connection may bring is the one of that number, and none comes after its time', () => {
  const rules = transportRules({ keepAliveMs: 1, keepAliveRequestsMax: 2, keepAliveTimeMs: 1000 }, {}, {});
  deepEqual(
    [1, 2].map((count) => staysOpen(rules, count, 0, 0)),
    [true, false],
  );
  deepEqual(
    [999, 1000].map((nowMs) => staysOpen(rules, 1, 0, nowMs)),
    [true, false],
  );
});

test('connections of browsers that cannot be trusted with one are not kept: of the old Explorer behind a POST', () => {
  const rules = transportRules({ keepAliveMs: 1, keepAliveDisabledFor: ['msie6', 'safari'] }, {}, {});
  const explorer = 'Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1)';
  const safari = 'Mozilla/5.0 (Macintosh; U; PPC Mac OS X) AppleWebKit/85 (KHTML) Safari/85';
  const asked: [string, string][] = [
    ['POST', explorer],
    ['GET', explorer],
    ['POST', `${explorer} SV1`],
    ['GET', safari],
    ['GET', `${safari} Chrome/1`],
    ['POST', ''],
  ];
  deepEqual(
    asked.map(([method, agent]) => {
      const block = new FakeRequestHead({ path: '/', fields: [['User-Agent', agent]] }).block;
      return [isKeptWith(rules, { method, block }), isKeptWith(USUAL_RULES, { method, block })];
    }),
    [false, true, true, false, true, true].map((isKept) => [isKept, true]),
  );
});

test('a head has a bound whatever a configuration allows', () => {
  deepEqual(headLimits({ keepAliveMs: 1, lineBytesMax: 2048, headBytesMax: 1e10, fieldsMax: 50 }), {
    requestLineBytesMax: 2048,
    headBytesMax: 1_048_576,
    fieldsMax: 50,
  });
});
