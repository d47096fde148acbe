import { once } from 'node:events';
import { createServer } from 'node:net';

/** Those that this process has been told: they may not be bound yet, and the kernel may name one of them again. */
const told = new Set<number>();

/** A port of 127.0.0.1 that was free a moment ago, and another one each time. */
export async function findPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  if (told.has(address.port)) {
    return findPort();
  }
  told.add(address.port);
  return address.port;
}
