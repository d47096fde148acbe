import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseWrk, wrkCommand } from './wrk.ts';

const OUTPUT = `Running 2s test @ http://127.0.0.1:9101/
  1 threads and 64 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     0.90ms  100.00us   5.00ms   91.00%
    Req/Sec    66.21k     1.00k   70.00k    80.00%
  138277 requests in 2.10s, 20.18MB read
Requests/sec:  65846.19
Transfer/sec:      9.61MB
`;

test('parseWrk() reads the rates', () => {
  assert.deepEqual(parseWrk(OUTPUT), {
    requests: 138_277,
    perSecond: 65_846.19,
    bytesPerSecond: 9.61 * 1024 ** 2,
    faults: '',
  });
});

test('parseWrk() repeats what went wrong', () => {
  const text = OUTPUT.replace(
    'Requests/sec',
    '  Socket errors: connect 0, read 3, write 0, timeout 1\n  Non-2xx or 3xx responses: 12\nRequests/sec',
  );
  assert.equal(
    parseWrk(text).faults,
    'Socket errors: connect 0, read 3, write 0, timeout 1; Non-2xx or 3xx responses: 12',
  );
});

test('parseWrk() takes nothing for no requests', () => {
  assert.deepEqual(parseWrk(''), { requests: 0, perSecond: 0, bytesPerSecond: 0, faults: '' });
});

test('wrkCommand() is the command as it is printed and run', () => {
  assert.equal(
    wrkCommand({ connections: 64, path: '/', script: 'browser.lua' }, 2, 8000).join(' '),
    'wrk -t1 -c64 -d2s -s bench/loads/browser.lua http://127.0.0.1:8000/',
  );
  assert.equal(
    wrkCommand({ connections: 8, path: '/a', isSecure: true }, 1, 8443).join(' '),
    'wrk -t1 -c8 -d1s https://127.0.0.1:8443/a',
  );
});
