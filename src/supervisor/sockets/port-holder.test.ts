import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tcpInodes } from './port-holder.ts';

test('tcpInodes() finds listening sockets of a port', () => {
  const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F40 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 111 1 0
   1: 0100007F:1F40 0100007F:9999 01 00000000:00000000 00:00000000 00000000     0        0 222 1 0
   2: 0100007F:1F41 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 333 1 0`;
  assert.deepEqual([...tcpInodes(8000, [table])], ['111']);
});
