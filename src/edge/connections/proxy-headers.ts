/** The headers of the PROXY protocol at one address: who may send them, and for whom the connection is from then on. Loaded where a model has such an address. */

import type { Socket } from 'node:net';
import type { Client } from '../../protocol/http/origin.ts';
import type { ProxyHeader } from '../../protocol/proxy-protocol/header.ts';
import { CountedLog } from '../faults/counted-log.ts';
import { TrustedPeers } from '../identity/trusted-peers.ts';
import type { ConnectionServices } from '../transport/connection-services.ts';
import { AwaitedHeader } from './awaited-header.ts';
import type { ConnectionTable } from './connection-table.ts';

export interface ProxyHeadersParts {
  /** The address that clients connect to. */
  readonly server: string;
  /** The peers that may send one, and are believed. Undefined: any may, and is not believed for it. */
  readonly allowIps: readonly string[] | undefined;
  readonly table: ConnectionTable;
  readonly log: (level: 'info' | 'error', text: string) => void;
  readonly onBug: (what: string, error: unknown) => void;
}

/** `client`: of whom the connection is from now on. `rest` is borrowed until it returns. True: more bytes are wanted. */
export type OnProxied = (client: Client, header: ProxyHeader, rest: Buffer) => boolean;

export class ProxyHeaders {
  readonly #table: ConnectionTable;
  readonly #onBug: ProxyHeadersParts['onBug'];
  readonly #faults: CountedLog;
  readonly #late: CountedLog;
  readonly #believed: TrustedPeers | undefined;

  constructor({ server, allowIps, table, log, onBug }: ProxyHeadersParts) {
    this.#table = table;
    this.#onBug = onBug;
    // In nginx's words.
    const render = (address: string, reason: string): string =>
      `${reason} while reading PROXY protocol, client: ${address || 'unix:'}, server: ${server}`;
    this.#faults = new CountedLog('', (text) => log('error', text), render);
    this.#late = new CountedLog('', (text) => log('info', text), render);
    this.#believed = allowIps && new TrustedPeers(allowIps);
  }

  /** Undefined: the peer may not send one, and its connection has been closed. */
  await(socket: Socket, peer: Client, services: ConnectionServices, onProxied: OnProxied): AwaitedHeader | undefined {
    if (this.#believed !== undefined && !this.#believed.has(peer.address)) {
      this.#faults.tell(peer.address, 'a peer that may not send the header, by --proxy-allow-ips,');
      socket.destroy();
      return undefined;
    }
    return new AwaitedHeader(socket, peer, {
      table: this.#table,
      withinMs: services.rules.firstByteMs,
      services,
      tell: (reason) => this.#faults.tell(peer.address, reason),
      tellLate: () => this.#late.tell(peer.address, 'client timed out'),
      onBug: this.#onBug,
      onHeader: (header, rest) => {
        const client = this.#clientOf(peer, header);
        if (client !== peer && !this.#table.admits(client.address, false)) {
          socket.destroy();
          return true;
        }
        return onProxied(client, header, rest);
      },
    });
  }

  #clientOf(peer: Client, { source }: ProxyHeader): Client {
    return this.#believed === undefined || source === undefined ? peer : source;
  }
}
