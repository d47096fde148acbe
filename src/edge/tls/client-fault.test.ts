import { equal } from 'node:assert/strict';
import type { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import type { ClientChain } from './client-chain.ts';
import { faultOfClient } from './client-fault.ts';

const SETTINGS = { verifyDepth: 1 };
const NOW_MS = 1_800_000_000_000;

test('faultOfClient() sees that a certificate has expired since its session was made', () => {
  const socket = { authorized: true } as TLSSocket;
  const until = (ms: number): ClientChain => {
    const certificate = { validToDate: new Date(ms), checkIssued: () => true } as unknown as X509Certificate;
    return { certificates: [certificate], isWhole: true };
  };
  equal(faultOfClient(socket, until(NOW_MS), SETTINGS, NOW_MS), undefined);
  equal(faultOfClient(socket, until(NOW_MS - 1), SETTINGS, NOW_MS), 'CERT_HAS_EXPIRED');
});
