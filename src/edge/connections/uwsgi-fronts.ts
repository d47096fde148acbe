/** Servers in front that speak the uwsgi protocol with one address: which may, and for whom they ask. Loaded where a model has such an address. */

import type { Socket } from 'node:net';
import type { Client, Origin } from '../../protocol/http/origin.ts';
import type { PeerOrigins } from '../../protocol/http/peer.ts';
import { Peer } from '../../protocol/http/peer.ts';
import type { UwsgiFault } from '../../protocol/uwsgi/faults.ts';
import { BAD_CLIENT } from '../../protocol/uwsgi/faults.ts';
import type { UwsgiRequest } from '../../protocol/uwsgi/read-request.ts';
import { CountedLog } from '../faults/counted-log.ts';
import { canonicalAddress, TrustedPeers } from '../identity/trusted-peers.ts';
import type { ConnectionServices } from '../transport/connection-services.ts';
import { AwaitedPacket } from './awaited-packet.ts';
import type { ConnectionTable } from './connection-table.ts';

export interface UwsgiFrontsParts {
  /** The address that servers in front connect to. */
  readonly server: string;
  /** From where they may connect. */
  readonly allowIps: readonly string[];
  readonly packetBytesMax: number;
  readonly table: ConnectionTable;
  readonly log: (level: 'warning', text: string) => void;
  readonly onBug: (what: string, error: unknown) => void;
}

/** A connection of HTTP, as far as it is made here. */
export interface SpokenTo {
  onBytes(chunk: Buffer, length: number): boolean;
  /** `line`: what the access log shows of what came. */
  onFault(fault: UwsgiFault, line: string): void;
}

/** How many origins are remembered: a front has one for each name that it serves. */
const ORIGINS_MAX = 256;
/** What may be in a URL as the name of a host: nginx's "_" may not. */
const HOST = /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])$/;
const PORT = /^[0-9]{1,5}$/;
/** How nginx names a client that has come over a Unix socket. */
const UNIX = 'unix:';

export class UwsgiFronts {
  readonly #parts: UwsgiFrontsParts;
  readonly #allowed: TrustedPeers;
  readonly #strangers: CountedLog;
  readonly #origins = new Map<string, PeerOrigins>();

  constructor(parts: UwsgiFrontsParts) {
    this.#parts = parts;
    this.#allowed = new TrustedPeers(parts.allowIps);
    this.#strangers = new CountedLog(
      '',
      (text) => parts.log('warning', text),
      (address) =>
        `${address} may not speak uwsgi with ${parts.server}, by --forwarded-allow-ips: its variables would be believed`,
    );
  }

  /** `origins`: as the listener's own address has it. `connect`: the connection of HTTP that it becomes. Undefined: the peer may not connect, and its connection has been closed. */
  await(
    socket: Socket,
    front: Client,
    {
      services,
      origins,
      connect,
    }: {
      readonly services: ConnectionServices;
      readonly origins: PeerOrigins;
      readonly connect: (peer: Peer) => SpokenTo;
    },
  ): AwaitedPacket | undefined {
    const { table, packetBytesMax, onBug } = this.#parts;
    if (!this.#allowed.has(front.address)) {
      this.#strangers.tell(front.address, '');
      socket.destroy();
      return undefined;
    }
    const refuse = (fault: UwsgiFault, line: string): void =>
      connect(new Peer(front, origins, socket)).onFault(fault, line);
    return new AwaitedPacket(socket, front, {
      table,
      packetBytesMax,
      withinMs: services.rules.firstByteMs,
      services,
      onBug,
      onFault: refuse,
      onRequest: (request, rest) => {
        const client = clientOf(request, front);
        if (client === undefined) {
          refuse(BAD_CLIENT, request.head.slice(0, request.head.indexOf('\r')));
          return true;
        }
        if (client !== front && !table.admits(client.address, false)) {
          socket.destroy();
          return true;
        }
        const head = Buffer.from(request.head, 'latin1');
        const bytes = rest.length === 0 ? head : Buffer.concat([head, rest]);
        const peer = new Peer(client, this.#originsOf(request, origins), socket);
        peer.front = request.front;
        return connect(peer).onBytes(bytes, bytes.length);
      },
    });
  }

  /** One object for each: the parts of heads that are rendered for an origin are remembered by it. */
  #originsOf({ scheme, serverName, serverPort }: UwsgiRequest, own: PeerOrigins): PeerOrigins {
    const name = HOST.test(serverName) ? serverName : own.untrusted.name;
    const port = PORT.test(serverPort) ? serverPort : scheme === 'https' ? '443' : own.untrusted.port;
    const key = `${scheme} ${name} ${port}`;
    const known = this.#origins.get(key);
    if (known !== undefined) {
      return known;
    }
    const said = (origin: Origin, by: Origin['scheme']): Origin => ({ ...origin, scheme: by, name, port });
    const trusted = said(own.trusted, scheme);
    const fresh: PeerOrigins = {
      untrusted: said(own.untrusted, scheme),
      trusted,
      trustedPlain: scheme === 'http' ? trusted : said(own.trusted, 'http'),
      trustedSecure: scheme === 'https' ? trusted : said(own.trusted, 'https'),
      contradictory: said(own.contradictory, scheme),
    };
    if (this.#origins.size >= ORIGINS_MAX) {
      this.#origins.clear();
    }
    this.#origins.set(key, fresh);
    return fresh;
  }
}

/** Undefined: nobody knows for whom the front asks. */
function clientOf({ remoteAddress, remotePort }: UwsgiRequest, front: Client): Client | undefined {
  if (remoteAddress === '') {
    return front;
  }
  const address = remoteAddress === UNIX ? '' : canonicalAddress(remoteAddress);
  return address === undefined ? undefined : { address, port: PORT.test(remotePort) ? remotePort : '' };
}
