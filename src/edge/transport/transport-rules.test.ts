import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { EDGE_LIMITS } from '../limits.ts';
import { headLimits, staysOpen, transportRules, USUAL_RULES } from './transport-rules.ts';

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
    ...{ keepAliveTimeMs: 5, isChunkedOn: false },
  };
  deepEqual(transportRules(said, { timeoutMs: 6 }, { timeoutMs: 7 }), {
    firstByteMs: 2,
    headTimeoutMs: 2,
    bodyStallMs: 6,
    writeStallMs: 7,
    keepAliveRequestsMax: 4,
    keepAliveTimeMs: 5,
    keptField: 'Connection: keep-alive\r\nKeep-Alive: timeout=3\r\n',
    isChunkedOn: false,
  });
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

test('a head has a bound whatever a configuration allows', () => {
  deepEqual(headLimits({ keepAliveMs: 1, lineBytesMax: 2048, headBytesMax: 1e10, fieldsMax: 50 }), {
    requestLineBytesMax: 2048,
    headBytesMax: 1_048_576,
    fieldsMax: 50,
  });
});
