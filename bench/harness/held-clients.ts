// Clients that keep a connection open: after a whole answer, or in the middle of one.

import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { connect as connectSecurely } from 'node:tls';

export interface Holding {
  readonly port: number;
  readonly clients: number;
  readonly path: string;
  readonly isSecure: boolean;
}

/** Connections that begin at a time: fewer than any backlog. */
const OPENING_MAX = 32;
const ANSWER_TIMEOUT_MS = 30_000;

/** All of them, each with the first bytes of its answer, after which it reads nothing more. Rejects with the first thing that goes wrong. */
export async function openClients(holding: Holding): Promise<Socket[]> {
  const sockets: Socket[] = [];
  let left = holding.clients;
  const openNext = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await openClient(holding, sockets);
    }
  };
  try {
    await Promise.all(Array.from({ length: OPENING_MAX }, openNext));
  } catch (error) {
    closeClients(sockets);
    throw error;
  }
  return sockets;
}

export function closeClients(sockets: readonly Socket[]): void {
  for (const socket of sockets) socket.destroy();
}

function openClient({ port, path, isSecure }: Holding, sockets: Socket[]): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const place = { host: '127.0.0.1', port };
  const socket = isSecure ? connectSecurely({ ...place, rejectUnauthorized: false }) : connect(place);
  sockets.push(socket);
  socket.setTimeout(ANSWER_TIMEOUT_MS, () => socket.destroy(new Error('no answer in time')));
  socket.on('error', reject).on('close', () => {
    reject(new Error('the server has closed the connection'));
  });
  socket.once('data', (bytes: Buffer) => {
    socket.pause().setTimeout(0);
    const line = bytes.toString('latin1').split('\r\n', 1)[0] ?? '';
    if (line.includes(' 200')) resolve();
    else reject(new Error(`answered ${line}`));
  });
  socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  return promise;
}
