/**
 * One socket that datagrams of clients come to, and the sessions that they belong to: those of one address and port are of one session, until that is over. Each thread has
 * sockets of its own, between which the kernel chooses by both ends' addresses, so that the datagrams of one client always come to the same thread.
 *
 * Whoever sends a datagram may have made its sender's address up, so a session costs its sender nothing. There are only so many, for one socket and for all of the thread.
 * When there are no more to have, a session that its client has not come back to is ended for the new one, the oldest first; a client that has sent a second datagram keeps its
 * session.
 */

import type { RemoteInfo, Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { ConnectionTable } from '../connections/connection-table.ts';
import type { CountedLog } from '../faults/counted-log.ts';
import type { InternalErrors } from '../faults/internal-errors.ts';
import { clientOf } from '../identity/client-of.ts';
import { EDGE_LIMITS } from '../limits.ts';
import { askedAddress } from './asked-address.ts';
import type { CompiledStream, DatagramClient, DatagramSession } from './compiled-stream.ts';
import type { SessionServices } from './session-services.ts';

export interface DatagramDoorParts {
  /** Of a socket that is bound; undefined: one is bound here. */
  readonly fd: number | undefined;
  /** That the socket is bound to. */
  readonly address: string;
  readonly port: number;
  readonly services: SessionServices;
  /** In which sessions begin. */
  readonly stream: () => CompiledStream;
  readonly table: Pick<ConnectionTable, 'admits' | 'connectionsMax'>;
  readonly threads: number;
  /** Of the thread: how many sessions there are at all its sockets. */
  readonly total: { count: number };
  /** Is told of who finds no place. */
  readonly overflow: Pick<CountedLog, 'tell'>;
  readonly bugs: Pick<InternalErrors, 'note'>;
  readonly limits?: { readonly datagramSessionsMax: number; readonly datagramSessionsPerSocketMax: number };
}

/** What is different at each socket of a thread. */
export type DatagramPlace = Pick<DatagramDoorParts, 'address' | 'fd' | 'port' | 'services' | 'stream'>;

/** Of the connections that there may be. */
const SHARE = 3 / 4;
const LOOPBACK = /^127\./;
/** Loopback addresses that no interface names: so many have a socket of their own. */
const UNNAMED_ADDRESSES_MAX = 64;

export class DatagramDoor {
  readonly #parts: DatagramDoorParts;
  readonly #socket: Socket;
  /** By client: of those who have sent one datagram, and of those who have come back. */
  readonly #fresh = new Map<string, Visitor>();
  readonly #known = new Map<string, Visitor>();
  /** Also those that wait for answers and get no more datagrams. */
  readonly #all = new Set<Visitor>();
  /** Behind a socket for all: of loopback addresses that no interface names. */
  readonly #unnamed = new Map<string, DatagramDoor>();
  #isOpen = true;

  constructor(parts: DatagramDoorParts) {
    this.#parts = parts;
    const { createSocket } = process.getBuiltinModule('node:dgram');
    const family = isIPv6(parts.address) ? 6 : 4;
    this.#socket = createSocket({
      type: `udp${family}`,
      // The sockets of the server share their port.
      reuseAddr: true,
      reusePort: true,
      // Clients are addresses: nothing has to be looked up.
      lookup: (address, _, done) => done(null, address, family),
    });
    this.#socket.on('message', (datagram, from) => this.#onDatagram(datagram, from));
    this.#socket.on('error', (error) => this.#onError(error));
    const { fd, address, port } = parts;
    this.#socket.bind(fd === undefined ? { address, port, exclusive: true } : { fd });
  }

  get listening(): boolean {
    return this.#isOpen;
  }

  /** Sessions end with the socket by which their clients are answered. */
  close(): void {
    if (this.#isOpen) {
      this.#isOpen = false;
      for (const { session } of this.#all) {
        session?.disconnect();
      }
      for (const door of this.#unnamed.values()) {
        door.close();
      }
      this.#socket.close();
    }
  }

  #onError(error: Error): void {
    const { bugs, fd, services } = this.#parts;
    if (fd === undefined) {
      // The user of the edge may not bind it: clients are answered by the socket for all.
      this.close();
    } else {
      bugs.note(`datagrams for ${services.server}`, error);
    }
  }

  /** Where sessions of this client belong. */
  #doorOf(from: RemoteInfo): DatagramDoor {
    const { address, port } = this.#parts;
    const asked = address === '0.0.0.0' && LOOPBACK.test(from.address) ? askedAddress(from, port) : undefined;
    if (asked === undefined) {
      return this;
    }
    const known = this.#unnamed.get(asked);
    if (known === undefined && this.#unnamed.size < UNNAMED_ADDRESSES_MAX) {
      const services = { ...this.#parts.services, address: asked };
      const door = new DatagramDoor({ ...this.#parts, fd: undefined, address: asked, services });
      this.#unnamed.set(asked, door);
      return door.listening ? door : this;
    }
    return known?.listening === true ? known : this;
  }

  #onDatagram(datagram: Buffer, from: RemoteInfo): void {
    const key = `${from.address} ${from.port}`;
    const visitor = this.#known.get(key) ?? this.#fresh.get(key);
    try {
      if (visitor === undefined) {
        this.#doorOf(from).#begin(key, datagram, from);
      } else {
        if (this.#fresh.delete(key)) {
          this.#known.set(key, visitor);
        }
        visitor.session?.take(datagram, datagram.length);
      }
    } catch (error) {
      if (visitor?.session === undefined) {
        this.#parts.bugs.note('a datagram', error);
      } else {
        visitor.session.onBug(error);
      }
    }
  }

  #begin(key: string, first: Buffer, from: RemoteInfo): void {
    const { address, services, stream, table, total } = this.#parts;
    const client = clientOf({ remoteAddress: from.address, remotePort: from.port });
    if (!this.#isAnswerable(from) || !this.#makeRoom(client.address) || !table.admits(client.address)) {
      return;
    }
    const visitor = new Visitor(address, {
      send: (datagram, done) => {
        if (this.#isOpen) {
          this.#socket.send(datagram, from.port, from.address, done);
        }
      },
      leave: () => this.#forget(key, visitor),
      destroy: () => {
        this.#forget(key, visitor);
        if (this.#all.delete(visitor)) {
          total.count -= 1;
        }
      },
    });
    total.count += 1;
    this.#all.add(visitor);
    this.#fresh.set(key, visitor);
    try {
      visitor.session = stream().newDatagramSession(visitor, client, services);
      visitor.session.startDatagrams(first);
    } catch (error) {
      this.#failNew(visitor, error);
    }
  }

  /** It would keep its place for ever. */
  #failNew(visitor: Visitor, error: unknown): void {
    if (visitor.session === undefined) {
      visitor.destroy();
      this.#parts.bugs.note('a new session', error);
    } else {
      visitor.session.onBug(error);
    }
  }

  /** From here to here a text would be returned for ever. */
  #isAnswerable({ address, port }: RemoteInfo): boolean {
    return port !== 0 && (port !== this.#parts.port || address !== this.#parts.address);
  }

  #makeRoom(address: string): boolean {
    const { total, overflow, limits = EDGE_LIMITS } = this.#parts;
    const { datagramSessionsMax, datagramSessionsPerSocketMax } = limits;
    const sessionsMax = Math.min(datagramSessionsMax, this.#share());
    if (this.#all.size < datagramSessionsPerSocketMax && total.count < sessionsMax) {
      return true;
    }
    const [oldest] = this.#fresh.values();
    if (oldest?.session === undefined) {
      overflow.tell(address, 'no other session gives way, for all of their clients have come back');
      return false;
    }
    overflow.tell(address, 'an older session gives way, whose client has sent one datagram');
    oldest.session.giveWay();
    return true;
  }

  /** Sessions are counted among the connections of the server, and leave a quarter of those to clients that connect, whoever sends datagrams. */
  #share(): number {
    const { table, threads } = this.#parts;
    const { connectionsMax } = table;
    return connectionsMax === 0 ? Infinity : Math.max(1, Math.floor((connectionsMax * SHARE) / threads));
  }

  #forget(key: string, visitor: Visitor): void {
    for (const visitors of [this.#fresh, this.#known]) {
      if (visitors.get(key) === visitor) {
        visitors.delete(key);
      }
    }
  }
}

/** One client and its session. */
class Visitor implements DatagramClient {
  readonly localAddress: string;
  readonly send: DatagramClient['send'];
  readonly leave: DatagramClient['leave'];
  readonly destroy: DatagramClient['destroy'];
  session: DatagramSession | undefined;

  constructor(localAddress: string, { send, leave, destroy }: Omit<DatagramClient, 'localAddress'>) {
    this.localAddress = localAddress;
    this.send = send;
    this.leave = leave;
    this.destroy = destroy;
  }
}
