/** An edge that takes lanes and then hears nothing, and does not even end with its supervisor. */

import { createServer } from 'node:net';

process.once('message', ({ lanes }: { lanes: number[] }) => {
  createServer().listen({ fd: lanes[0] }, () => process.send?.({ kind: 'ready' }));
});
process.on('SIGTERM', () => undefined);
