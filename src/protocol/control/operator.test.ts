import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OPERATOR_LIMITS, OPERATOR_PROTOCOL, parseOperatorRequest } from './operator.ts';

const parse = (request: Readonly<Record<string, unknown>> & { readonly kind: string }) =>
  parseOperatorRequest({ protocol: OPERATOR_PROTOCOL, ...request }, '1.2.3');

test('parseOperatorRequest() gives each request its type, and leaves out what is not known', () => {
  const requests = [
    { kind: 'status' },
    { kind: 'workers' },
    { kind: 'reload' },
    { kind: 'stop', isQuick: true },
    { kind: 'scale', app: 'shop', workers: 3 },
    { kind: 'logs', lines: 0, follows: true, isJson: false },
    { kind: 'trace', worker: 'w1' },
  ];
  for (const request of requests) {
    assert.deepEqual(parse({ ...request, more: 1 }), { ok: true, value: request });
  }
  assert.deepEqual(parse({ kind: 'scale', workers: 1 }), { ok: true, value: { kind: 'scale', app: '', workers: 1 } });
});

test('parseOperatorRequest() refuses what another release says, in words for its operator', () => {
  const other = parseOperatorRequest({ kind: 'status', protocol: 2 }, '1.2.3');
  assert.match(
    other.ok ? '' : other.fault,
    /^the server \(Portico 1\.2\.3\) speaks version 1 .* another one \(2\): use/,
  );
  const none = parseOperatorRequest({ kind: 'status' }, '1.2.3');
  assert.match(none.ok ? '' : none.fault, /another one \(null\)/);
  assert.deepEqual(parse({ kind: 'dance' }), { ok: false, fault: 'the server (Portico 1.2.3) does not know "dance"' });
});

test('parseOperatorRequest() refuses numbers and texts that are none', () => {
  const { workersMax, linesMax } = OPERATOR_LIMITS;
  for (const request of [
    { kind: 'scale', workers: 0 },
    { kind: 'scale', workers: workersMax + 1 },
    { kind: 'scale', workers: '3' },
    { kind: 'scale' },
    { kind: 'logs', lines: -1 },
    { kind: 'logs', lines: linesMax + 1 },
    { kind: 'trace' },
    { kind: 'trace', worker: 7 },
  ]) {
    const parsed = parse(request);
    assert.match(
      parsed.ok ? '' : parsed.fault,
      /^"(?:workers|lines|worker)" of "\w+" is wrong$/,
      JSON.stringify(request),
    );
  }
});
