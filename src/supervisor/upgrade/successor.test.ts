import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_MANAGER } from '../service-manager.ts';
import { numberHandedOver } from './successor.ts';

type Given = Parameters<typeof numberHandedOver>[0];

test('numberHandedOver() lists descriptors in the order of their numbers in the new process, each once', () => {
  const tcp = { kind: 'tcp', address: '::', port: 80, path: '', fds: [20, 21] };
  const unix = { kind: 'unix', address: '', port: 0, path: '/run/s', fds: [30, 30] };
  const given = {
    manager: { ...NO_MANAGER, notifyFd: 9, watchdogUs: 5 },
    sockets: [
      { address: tcp, listener: 0 },
      { address: unix, listener: 1 },
    ],
    model: {
      listeners: [
        { address: { kind: 'tcp', host: '::', port: 80 }, isIpv6Only: true },
        { address: { kind: 'unix', path: '/run/s' }, isIpv6Only: false },
      ],
    },
  };
  const { handOver, fds } = numberHandedOver(given as unknown as Given);
  assert.deepEqual(fds, [20, 21, 30, 9, 'pipe']);
  assert.deepEqual(handOver, {
    from: process.pid,
    sockets: [
      { ...tcp, fds: [3, 4], name: '[::]:80', isIpv6Only: true },
      { ...unix, fds: [5], name: 'unix:/run/s', isIpv6Only: false },
    ],
    notifyFd: 6,
    watchdogUs: 5,
    reportFd: 7,
  });
});
