// A connection for tests of what writes to one: real, so that the kernel says how much it takes.

import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { Server, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Both ends of a Unix socket; `edge` is read only when it is told to. */
export interface Pair extends AsyncDisposable {
  readonly edge: Socket;
  readonly peer: Socket;
}

export async function openPair(): Promise<Pair> {
  const folder = mkdtempSync(join(tmpdir(), 'portico-lane-'));
  const path = join(folder, 'lane.sock');
  const server: Server = createServer({ allowHalfOpen: true, pauseOnConnect: true }).listen(path);
  await once(server, 'listening');
  const peer = connect(path);
  const [[edge]] = (await Promise.all([once(server, 'connection'), once(peer, 'connect')])) as [[Socket], unknown];
  return {
    edge,
    peer,
    [Symbol.asyncDispose]: async () => {
      edge.destroy();
      peer.destroy();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true });
    },
  };
}
