// A server that misbehaves in the way that the path of a request names (`/http/~closes~`), whatever protocol the request is in.

import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { createServer } from 'node:net';
import { TLSSocket } from 'node:tls';

export type Protocol = 'http' | 'tls' | 'uwsgi' | 'fastcgi' | 'scgi' | 'memcached';

/** What has come on one connection. */
export interface Asked {
  readonly socket: Socket;
  /** Ends it by a reset. */
  readonly reset: () => void;
  /** Ends it without a word, also under TLS, where an end is announced. */
  readonly cut: () => void;
  readonly protocol: Protocol;
  /** Of the connection: 1 for the first. */
  readonly count: number;
  /** Latin-1, as the protocol has it. Sent in one write. */
  readonly answer: (head: string, body: string) => string;
}

export type Misbehaviour = (asked: Asked) => void;

export interface HostileServer extends Disposable {
  readonly port: number;
  readonly open: ReadonlySet<Socket>;
}

const NAMED = /~([\w-]+)~/;
const HEAD_END = '\r\n\r\n';

/** `identity`: of a server of TLS. */
export async function runHostileServer(
  protocol: Protocol,
  misbehaviours: ReadonlyMap<string, Misbehaviour>,
  identity?: { readonly cert: Buffer; readonly key: Buffer },
): Promise<HostileServer> {
  const open = new Set<Socket>();
  const onConnection = (raw: Socket): void => {
    const socket = identity === undefined ? raw : new TLSSocket(raw, { isServer: true, ...identity });
    const reset = (): void => void raw.resetAndDestroy();
    const cut = (): void => void raw.end();
    let [pending, count] = ['', 0];
    open.add(raw);
    raw.on('close', () => open.delete(raw));
    raw.on('error', () => raw.destroy());
    socket.on('error', () => socket.destroy());
    socket.on('end', () => socket.end());
    socket.setEncoding('latin1').on('data', (text: string) => {
      pending += text;
      const [, name] = NAMED.exec(pending) ?? [];
      const misbehave = misbehaviours.get(name ?? '');
      if (misbehave !== undefined && isHeadWhole(protocol, pending)) {
        pending = '';
        count += 1;
        misbehave({ socket, reset, cut, protocol, count, answer: (head, body) => renderAnswer(protocol, head, body) });
      }
    });
  };
  const server = createServer({ allowHalfOpen: true, noDelay: true }, onConnection);
  server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 });
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    open,
    [Symbol.dispose]: () => {
      for (const socket of open) {
        socket.destroy();
      }
      server.close();
    },
  };
}

/** Of protocols with parameters, what a request of this driver is fits into one segment. */
function isHeadWhole(protocol: Protocol, pending: string): boolean {
  return (protocol !== 'http' && protocol !== 'tls') || pending.includes(HEAD_END);
}

/** `head`: lines behind the status, each with its CRLF. */
function renderAnswer(protocol: Protocol, head: string, body: string): string {
  switch (protocol) {
    case 'http':
    case 'tls':
      return `HTTP/1.1 200 OK\r\n${head}\r\n${body}`;
    case 'memcached':
      return `VALUE ${head} 0 ${body.length}\r\n${body}\r\nEND\r\n`;
    case 'fastcgi':
      return fastcgiRecord(6, `Status: 200 OK\r\n${head}\r\n${body}`) + FASTCGI_END;
    default:
      return `Status: 200 OK\r\n${head}\r\n${body}`;
  }
}

export function fastcgiRecord(type: number, content: string): string {
  const { length } = content;
  return String.fromCharCode(1, type, 0, 1, length >> 8, length & 0xff, 0, 0) + content;
}

export const FASTCGI_END: string = fastcgiRecord(6, '') + fastcgiRecord(3, '\0'.repeat(8));
