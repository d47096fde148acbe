/** An edge that takes lanes and then hears nothing, and does not even end with its supervisor. */

import { createServer } from 'node:net';
import { join } from 'node:path';

process.once('message', ({ runDir }: { runDir: string }) => {
  createServer().listen(join(runDir, 'lane.0.sock'), () => process.send?.({ kind: 'ready' }));
});
process.on('SIGTERM', () => undefined);
