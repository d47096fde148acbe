// A stream of nginx's files between a test and a server of the test's own.

import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { findPort } from './free-port.ts';
import type { NginxServer } from './nginx-server.ts';
import { runNginx } from './nginx-server.ts';

export interface Backend extends AsyncDisposable {
  readonly port: number;
  /** Connections that have come, in their order. */
  readonly sockets: readonly Socket[];
}

/** Errors of its connections are those that the test is about. */
export async function listenTo(onSocket: (socket: Socket) => void): Promise<Backend> {
  const sockets: Socket[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    onSocket(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const dispose = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  };
  return { port: (server.address() as AddressInfo).port, sockets, [Symbol.asyncDispose]: dispose };
}

/** Sends back what it gets, and ends when its client does. */
export function echo(socket: Socket): void {
  socket.pipe(socket);
}

export interface StreamServer extends AsyncDisposable {
  readonly port: number;
  readonly log: NginxServer['server'];
}

interface Around {
  readonly around?: string;
  readonly main?: string;
  readonly isTls?: boolean;
}

/** `server`: what stands in the server of the stream; `around`: in front of it, in `stream`. */
export async function runStream(
  server: string,
  { around = '', main = '', isTls = false }: Around = {},
): Promise<StreamServer> {
  const port = await findPort();
  const stream = `stream { ${around}\nserver { listen 127.0.0.1:${port}${isTls ? ' ssl' : ''};\n${server}\n} }`;
  const nginx = await runNginx('', {}, { main: `error_log stderr info;\n${main}\n${stream}` });
  return { port, log: nginx.server, [Symbol.asyncDispose]: () => nginx[Symbol.asyncDispose]() };
}

export interface End {
  readonly bytes: Buffer;
  /** 'end', or the code of an error. */
  readonly how: string;
}

/** What a connection brings until its end. */
export async function readToEnd(socket: Socket): Promise<End> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  const how = await new Promise<string>((resolve) => {
    socket.once('end', () => resolve('end'));
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
  });
  return { bytes: Buffer.concat(chunks), how };
}

export async function dial(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  await once(socket, 'connect');
  return socket;
}
