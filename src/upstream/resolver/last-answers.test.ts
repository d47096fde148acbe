import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { LastAnswers } from './last-answers.ts';

test('servers are kept in one order, whichever they came in', () => {
  const last = new LastAnswers();
  const service = (port: number, weight: number) => ({ name: 'a', port, weight, isBackup: false });
  last.keep('app', [
    { address: '::1' },
    { address: '192.0.2.2' },
    { address: '192.0.2.1', service: service(81, 1) },
    { address: '192.0.2.1', service: service(80, 2) },
    { address: '192.0.2.1', service: service(80, 1) },
  ]);
  deepEqual(
    last.of('app').map(({ address, service: of }) => [address, of?.port, of?.weight]),
    [
      ['192.0.2.1', 80, 1],
      ['192.0.2.1', 80, 2],
      ['192.0.2.1', 81, 1],
      ['192.0.2.2', undefined, undefined],
      ['::1', undefined, undefined],
    ],
  );
  deepEqual(last.of('other'), []);
});

test('the oldest make room', () => {
  const last = new LastAnswers();
  for (let count = 0; count <= 1000; count += 1) {
    last.keep(`n${count}`, [{ address: '192.0.2.1' }]);
  }
  deepEqual([last.of('n0').length, last.of('n1').length], [0, 1]);
});
