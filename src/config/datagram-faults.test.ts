import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { datagramFaults } from './datagram-faults.ts';
import type { StreamContent } from './model/stream.ts';
import type { Upstream } from './model/upstream.ts';

test('datagramFaults() tells of TLS, and of servers at Unix sockets', () => {
  const content = { kind: 'proxy', to: { kind: 'upstream', upstream: 0 }, policy: { tls: {} } };
  const upstreams = [{ servers: [{ isUnix: true }] }];
  const faultsOf = (of: unknown, all: unknown) => datagramFaults(of as StreamContent, all as Upstream[]);
  deepEqual(faultsOf(content, upstreams), [
    'no TLS is spoken with servers: datagrams are passed on as they are',
    'datagrams cannot be sent to a Unix socket',
  ]);
  deepEqual(faultsOf({ ...content, policy: {} }, [{ servers: [{ isUnix: false }] }]), []);
  deepEqual(faultsOf({ kind: 'return', text: 'x' }, []), []);
});
