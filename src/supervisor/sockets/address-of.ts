/** Where a socket listens, as people write it. */

import { isIP } from 'node:net';
import type { BoundListener } from '../../protocol/control/edge.ts';

export function addressOf({ kind, address, port, path, isTls }: BoundListener): string {
  const host = isIP(address) === 6 ? `[${address}]` : address;
  return kind === 'unix' ? `unix:${path}` : `http${isTls ? 's' : ''}://${host}:${port}`;
}
