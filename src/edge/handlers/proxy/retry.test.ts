import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { Failed } from './retry.ts';
import { mayAskAgain, statusOfFailure } from './retry.ts';

const CAUSES = [
  ...['error', 'timeout', 'invalid_header', 'http_500', 'http_502', 'http_503', 'http_504'],
  ...['http_403', 'http_404', 'http_429'],
];
const METHODS = ['GET', 'HEAD', 'PUT', 'DELETE', 'POST', 'PATCH', 'LOCK', 'FROB'];
const TWICE = new Set(['GET', 'HEAD', 'PUT', 'DELETE']);
const POLICIES = [[], ['error', 'timeout'], CAUSES, [...CAUSES, 'non_idempotent']];
const BOOLEANS = [false, true];

function* allFailures(): Generator<Failed> {
  for (const cause of [...CAUSES, 'stale']) {
    for (const method of METHODS) {
      for (const isSent of BOOLEANS) {
        for (const isRepeatable of BOOLEANS) {
          for (const tries of [1, 2, 3]) {
            for (const passedMs of [0, 999, 1000]) {
              yield { cause, method, isSent, isRepeatable, tries, passedMs };
            }
          }
        }
      }
    }
  }
}

test('mayAskAgain() says yes for a cause of the policy, within its tries and its time, and never sends twice what may not be', () => {
  let asked = 0;
  for (const causes of POLICIES) {
    for (const triesMax of [0, 1, 2]) {
      for (const timeoutMs of [0, 1000]) {
        for (const failed of allFailures()) {
          const { cause, method, isSent, isRepeatable, tries, passedMs } = failed;
          const isSafe = !isSent || (isRepeatable && (TWICE.has(method) || causes.includes('non_idempotent')));
          const isWithin = (triesMax === 0 || tries < triesMax) && (timeoutMs === 0 || passedMs < timeoutMs);
          // A server that has closed a connection that was kept has done nothing wrong, and the same one is asked anew.
          const isWanted = cause === 'stale' || (causes.includes(cause) && isWithin);
          const told = JSON.stringify({ causes, triesMax, timeoutMs, failed });
          equal(mayAskAgain({ causes, triesMax, timeoutMs }, failed), isSafe && isWanted, told);
          asked += 1;
        }
      }
    }
  }
  equal(asked, 4 * 3 * 2 * 11 * 8 * 4 * 9);
});

test('a server that is too slow is 504 to the client, every other fault of it 502, and one of this machine 500', () => {
  equal(statusOfFailure('local'), 500);
  for (const cause of CAUSES) {
    equal(statusOfFailure(cause), cause === 'timeout' ? 504 : 502);
  }
});
