// A server behind the one under test, which answers with the very bytes that the test says, and remembers what it was sent.

import { once } from 'node:events';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer } from 'node:net';

/** Called with all that has come on the connection since the last answer, as latin-1. Undefined: more is waited for. */
export type Reply = (request: string, socket: Socket, count: number) => string | Buffer | undefined;

export interface Backend extends AsyncDisposable {
  readonly port: number;
  /** Whole requests, in the order of their coming. */
  readonly requests: readonly string[];
  readonly connections: () => number;
  /** Those that are open. */
  readonly open: ReadonlySet<Socket>;
}

/** `path`: of a Unix socket. `port`: 0 for any. */
export async function runBackend(reply: Reply, path?: string, port = 0): Promise<Backend> {
  const requests: string[] = [];
  const open = new Set<Socket>();
  let connections = 0;
  const server: Server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    connections += 1;
    open.add(socket);
    let pending = '';
    let count = 0;
    socket.on('close', () => open.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.on('end', () => socket.end());
    socket.setEncoding('latin1').on('data', (text: string) => {
      pending += text;
      const answer = reply(pending, socket, count + 1);
      if (answer !== undefined) {
        count += 1;
        requests.push(pending);
        pending = '';
        if (answer.length > 0) {
          socket.write(answer, 'latin1');
        }
      }
    });
  });
  server.listen(path ?? { port, host: '127.0.0.1' });
  await once(server, 'listening');
  return {
    port: path === undefined ? (server.address() as AddressInfo).port : 0,
    requests,
    connections: () => connections,
    open,
    [Symbol.asyncDispose]: async () => {
      for (const socket of open) {
        socket.destroy();
      }
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Whether a request with a head and a body as long as it says has come. */
export function isWhole(request: string): boolean {
  const end = request.indexOf('\r\n\r\n');
  if (end === -1) {
    return false;
  }
  const head = request.slice(0, end);
  const body = request.slice(end + 4);
  if (/\r\nTransfer-Encoding: chunked/i.test(head)) {
    return body.endsWith('0\r\n\r\n');
  }
  return body.length >= Number(/\r\nContent-Length: (\d+)/i.exec(head)?.[1] ?? 0);
}

/** Answers each whole request with this text as its body. */
export function answering(body: string, fields = ''): Reply {
  return (request) =>
    isWhole(request) ? `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n${fields}\r\n${body}` : undefined;
}
