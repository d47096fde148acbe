import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FaultCode } from './faults.ts';
import { asUpstreamFault, FAULTS, fault, isFault } from './faults.ts';

test('every fault has a code of this area and the status of an error', () => {
  for (const [code, status] of Object.entries(FAULTS)) {
    assert.match(code, /^http1(\.[a-z0-9-]+)$/);
    assert.ok(status >= 400 && status <= 505);
  }
});

test('fault() takes its status from the table', () => {
  const found = fault('http1.missing-host', 'no Host');
  assert.deepEqual([found.code, found.status, found.detail], ['http1.missing-host', 400, 'no Host']);
});

test('fault() escapes and cuts what the peer sent', () => {
  assert.equal(fault('http1.bad-target', 'bad', 'a"\\\r\n\x1b\xff').detail, 'bad: "a\\"\\\\\\x0d\\x0a\\x1b\\xff"');
  const { detail } = fault('http1.bad-target', 'bad', '\n'.repeat(10_000));
  assert.ok(detail.length < 400 && detail.endsWith('"…'), detail);
});

test('asUpstreamFault() says 502, for the client is not to blame', () => {
  const { code, status, detail } = asUpstreamFault(fault('http1.bad-chunk-size', 'x'));
  assert.deepEqual([code, status, detail], ['http1.bad-chunk-size', 502, 'x']);
});

test('isFault() tells faults from everything else', () => {
  const code: FaultCode = 'http1.bad-host';
  assert.equal(isFault(fault(code, 'x')), true);
  assert.equal(isFault({ kind: 'none' }), false);
  assert.equal(isFault(undefined), false);
});
