// Servers that misbehave before they have read a request, and those that are asked by rules of their own: each has an upstream and a location of its name.

import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo, Server, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HostileServer, Protocol } from './hostile-server.ts';

export interface Place {
  readonly name: string;
  /** What stands in the upstream, and in the location. */
  readonly servers: string;
  readonly rules: string;
  /** The free nginx has nothing of the kind. */
  readonly isOurs?: boolean;
}

export interface PlaceParts {
  readonly servers: ReadonlyMap<Protocol, HostileServer>;
  /** Paths: of the authority that has signed the certificate of the TLS server, and of another one. */
  readonly authority: string;
  readonly stranger: string;
}

/** handshake_failure, as a record of TLS 1.2. */
const ALERT = Buffer.from([0x15, 3, 3, 0, 2, 2, 40]);

/** What a server does with the first bytes of a handshake. */
const HANDSHAKES: Readonly<Record<string, (socket: Socket) => void>> = {
  'handshake-closed': (socket) => void socket.end(),
  'handshake-reset': (socket) => void socket.resetAndDestroy(),
  'handshake-garbage': (socket) => void socket.end('SSH-2.0-OpenSSH_9.2\r\n\r\n'),
  'handshake-alert': (socket) => void socket.end(ALERT),
  'handshake-silent': () => undefined,
};

const STOPPED_PROGRAM = `
const server = require('node:net').createServer();
server.listen({ port: 0, host: '127.0.0.1', backlog: Number(process.argv[1]) }, () => console.log(server.address().port));
`;
/** A connection that the kernel has not taken by then waits for room in the queue. */
const CONNECTED_MS = 200;

/** Everything that was started is ended by `dispose`. */
export class Places implements Disposable {
  readonly list: Place[] = [];
  readonly #servers: Server[] = [];
  readonly #children: ChildProcess[] = [];
  readonly #sockets = new Set<Socket>();

  static async open({ servers, authority, stranger }: PlaceParts): Promise<Places> {
    const places = new Places();
    for (const [name, answer] of Object.entries(HANDSHAKES)) {
      const port = await places.#listen((socket) => socket.once('data', () => answer(socket)));
      places.#add(name, serverAt(port), `proxy_pass https://${name}; proxy_connect_timeout 1s;`);
    }
    const tls = serverAt(servers.get('tls')?.port ?? 0);
    const verifies = (authorities: string, name: string): string =>
      `proxy_ssl_verify on; proxy_ssl_trusted_certificate ${authorities}; proxy_ssl_name ${name};`;
    places.#add('untrusted', tls, `proxy_pass https://untrusted; ${verifies(stranger, 'localhost')}`);
    places.#add('misnamed', tls, `proxy_pass https://misnamed; ${verifies(authority, 'other.test')}`);
    const stopped = await places.#stop(4096);
    places.#add(
      'stopped',
      serverAt(stopped),
      'proxy_pass http://stopped; proxy_connect_timeout 1s; proxy_read_timeout 1s;',
    );
    const full = await places.#stop(1);
    await places.#fill(full);
    places.#add('full', serverAt(full), 'proxy_pass http://full; proxy_connect_timeout 1s;');
    const http = serverAt(servers.get('http')?.port ?? 0);
    const mute = await places.#listen(() => undefined);
    places.#add('retried', `${http} server 127.0.0.1:${mute} backup;`, 'proxy_pass http://retried;');
    const queued = `server 127.0.0.1:${mute} max_conns=10; queue 10000 timeout=60s;`;
    places.list.push({ name: 'queued', servers: queued, rules: 'proxy_pass http://queued;', isOurs: true });
    return places;
  }

  #add(name: string, servers: string, rules: string): void {
    this.list.push({ name, servers, rules });
  }

  async #listen(onSocket: (socket: Socket) => void): Promise<number> {
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('error', () => socket.destroy());
      socket.on('end', () => socket.end());
      socket.resume();
      onSocket(socket);
    });
    this.#servers.push(server);
    server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 });
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  /** A process that listens and stands still: the kernel takes connections for it, and nobody reads them. */
  async #stop(backlog: number): Promise<number> {
    const child = spawn(process.execPath, ['-e', STOPPED_PROGRAM, String(backlog)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#children.push(child);
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    child.kill('SIGSTOP');
    return Number(String(line));
  }

  /** Until the kernel takes no more connections. */
  async #fill(port: number): Promise<void> {
    for (;;) {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => undefined);
      this.#sockets.add(socket);
      const isTaken = await Promise.race([once(socket, 'connect').then(() => true), sleep(CONNECTED_MS, false)]);
      if (!isTaken) {
        return;
      }
    }
  }

  [Symbol.dispose](): void {
    for (const child of this.#children) {
      child.kill('SIGKILL');
    }
    for (const socket of this.#sockets) {
      socket.destroy();
    }
    for (const server of this.#servers) {
      server.close();
    }
  }
}

function serverAt(port: number): string {
  return `server 127.0.0.1:${port} max_fails=0;`;
}
