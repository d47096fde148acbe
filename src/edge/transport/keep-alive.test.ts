import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { FakeRequestHead } from '../../protocol/http/fake-request.ts';
import type { RequestPipeline } from './connection-services.ts';
import { fakeServices } from './fake-services.ts';
import { KeepAlive } from './keep-alive.ts';
import { transportRules } from './transport-rules.ts';

const PIPELINE: RequestPipeline = { handle: () => undefined, refuse: () => undefined, onFinished: undefined };

function open(rules: Parameters<typeof transportRules>[0]): KeepAlive {
  return new KeepAlive({ ...fakeServices(PIPELINE), rules: transportRules(rules, {}, {}) });
}

test('HTTP/1.1 is told only of the end, HTTP/1.0 of what it has asked for', () => {
  const keeping = open({ keepAliveMs: 1 });
  keeping.requestCount = 1;
  keeping.begin(true);
  deepEqual([keeping.field(0), keeping.field(1)], ['Connection: keep-alive\r\n', '']);
  keeping.end();
  deepEqual([keeping.field(0), keeping.field(1)], ['Connection: close\r\n', 'Connection: close\r\n']);
});

test('who is to be told how long an idle connection stays is told so in both', () => {
  const keeping = open({ keepAliveMs: 1, keepAliveFieldS: 20 });
  const field = 'Connection: keep-alive\r\nKeep-Alive: timeout=20\r\n';
  deepEqual([keeping.field(0), keeping.field(1)], [field, field]);
});

test('a client that does not ask, and the last request that is allowed, end the connection', () => {
  const keeping = open({ keepAliveMs: 1, keepAliveRequestsMax: 2 });
  keeping.requestCount = 1;
  keeping.begin(false);
  equal(keeping.isKept, false);
  keeping.requestCount = 1;
  keeping.begin(true);
  equal(keeping.isKept, true);
  keeping.requestCount = 2;
  keeping.begin(true);
  equal(keeping.isKept, false);
});

test('the rules of the location that answers count, from then on and until the next request', () => {
  const keeping = open({ keepAliveMs: 1 });
  const request = Object.assign(new FakeRequestHead({ path: '/' }), { startedMs: 0 });
  const never = transportRules({ keepAliveMs: 0 }, {}, {});
  const named = transportRules({ keepAliveMs: 2, keepAliveFieldS: 2 }, {}, {});
  keeping.begin(true);
  keeping.goBy(never, request);
  equal(keeping.isKept, false);
  keeping.goBy(named, request);
  deepEqual([keeping.isKept, keeping.idleMs, keeping.field(1)], [true, 2, named.keptField]);
  keeping.end();
  keeping.goBy(named, request);
  equal(keeping.isKept, false, 'what has ended stays ended');
  keeping.begin(true);
  deepEqual([keeping.isKept, keeping.idleMs, keeping.field(1)], [true, 1, '']);
  keeping.begin(false);
  keeping.goBy(named, request);
  equal(keeping.isKept, false, 'the client does not ask for it');
});
