import assert from 'node:assert/strict';
import { test } from 'node:test';
import { portInodes } from './port-holder.ts';

test('portInodes() finds the sockets that take what comes to a port', () => {
  const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F40 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 111 1 0
   1: 0100007F:1F40 0100007F:9999 01 00000000:00000000 00:00000000 00000000     0        0 222 1 0
   2: 0100007F:1F41 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 333 1 0
   3: 0100007F:1F40 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 444 2 0`;
  assert.deepEqual([...portInodes({ kind: 'tcp', port: 8000 }, [table])], ['111']);
  assert.deepEqual([...portInodes({ kind: 'udp', port: 8000 }, [table])], ['444']);
});
