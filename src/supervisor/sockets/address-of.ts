/** Where a socket listens, as people write it. */

import { isIP } from 'node:net';
import type { BoundListener } from '../../protocol/control/edge.ts';

export function addressOf({ kind, address, port, path, isTls, isStream, speaks }: BoundListener): string {
  const host = isIP(address) === 6 ? `[${address}]` : address;
  const scheme = kind === 'udp' ? 'udp' : isStream ? (isTls ? 'tls' : 'tcp') : isTls ? 'https' : (speaks ?? 'http');
  return kind === 'unix' ? `${speaks ?? 'unix'}:${path}` : `${scheme}://${host}:${port}`;
}
