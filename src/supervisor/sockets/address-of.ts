/** Where a socket listens, as people write it. */

import { isIP } from 'node:net';
import type { Listener } from '../../protocol/control/edge.ts';

export function addressOf({ kind, address, port, path, isTls }: Listener): string {
  const host = isIP(address) === 6 ? `[${address}]` : address;
  return kind === 'unix' ? `unix:${path}` : `http${isTls ? 's' : ''}://${host}:${port}`;
}
