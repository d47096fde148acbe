import { deepEqual, equal, ok } from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { queueOf, readQueueMax, readQueues } from './listen-queues.ts';

const TABLE = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000010 00:00000000 00000000  1000        0 4711 2 0000000000000000
   1: 0100007F:1F90 0100007F:C350 01 00000000:00000005 00:00000000 00000000  1000        0 4712 1 0000000000000000
   2: 0100007F:1F
`;

test('readQueues() reads what waits at sockets that listen, and passes over the rest', () => {
  const queues = readQueues((path) => (path.endsWith('tcp') ? TABLE : ''));
  deepEqual([...queues], [[4711, 16]]);
});

test('queueOf() finds the sockets of an address by their descriptors', {
  skip: process.platform !== 'linux',
}, async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // Not public: the descriptor of a server's socket.
  const { fd } = (server as unknown as { _handle: { fd: number } })._handle;
  try {
    equal(queueOf({ fds: [fd, fd] }, readQueues()), 0);
    equal(queueOf({ fds: [fd, -1] }, readQueues()), undefined);
    ok(readQueueMax() > 0);
  } finally {
    server.close();
  }
});
