/** The addresses on which an edge thread takes connections of clients: plainly, or with a TLS handshake first. */

import type { Server } from 'node:net';
import { createServer, Socket } from 'node:net';
import { hostname } from 'node:os';
import type { EdgeModel } from '../../config/model/server-model.ts';
import { assert } from '../../kernel/assert.ts';
import { systemClock } from '../../kernel/clock.ts';
import { isEqual } from '../../kernel/is-equal.ts';
import type { BoundListener, TicketKeysByLifetime, TlsSettings } from '../../protocol/control/edge.ts';
import type { Staple } from '../../protocol/control/staple.ts';
import type { Client } from '../../protocol/http/exchange.ts';
import { Peer } from '../../protocol/http/peer.ts';
import type { ProxyHeader } from '../../protocol/proxy-protocol/header.ts';
import type { BareConnection } from '../../relay/sockets/bare-connection.ts';
import { listenForBare } from '../../relay/sockets/bare-connection.ts';
import type { Receive } from '../../relay/sockets/direct-reading.ts';
import type { GuardedSocket } from '../../relay/sockets/guarded-socket.ts';
import { listenWithBuffer } from '../../relay/sockets/node-internals.ts';
import type { InternalErrors } from '../faults/internal-errors.ts';
import { clientOf } from '../identity/client-of.ts';
import { EDGE_LIMITS } from '../limits.ts';
import { ListenerOrigins } from '../pipeline/origins.ts';
import type { PlannedServices } from '../sites/thread-plan.ts';
import type { CompiledStream } from '../stream/compiled-stream.ts';
import type { DatagramDoor } from '../stream/datagram-door.ts';
import type { SessionServices } from '../stream/session-services.ts';
import type { TlsAcceptor, TlsListening } from '../tls/tls-acceptor.ts';
import type { ConnectionServices } from '../transport/connection-services.ts';
import { Http1Connection } from '../transport/http1-connection.ts';
import type { AwaitedHeader } from './awaited-header.ts';
import type { AwaitedPacket } from './awaited-packet.ts';
import { addressOf, backlogOf, hasProxyHeader, isOfAll, keyOf, nameOf, siteOfStream } from './bound-facts.ts';
import type { ConnectionTable } from './connection-table.ts';
import { ReadBuffers, readFairly } from './fair-reading.ts';
import type { HttpsAddress } from './https-listening.ts';
import { HttpsListening } from './https-listening.ts';
import { LoadedParts } from './loaded-parts.ts';
import type { ProxyHeaders } from './proxy-headers.ts';
import { readBeforeTls } from './read-before-tls.ts';
import type { UwsgiFronts } from './uwsgi-fronts.ts';

export interface ListenersParts {
  /** Index of the thread. */
  readonly thread: number;
  readonly table: ConnectionTable;
  /** Memory of sessions of TLS. */
  readonly sessions: SharedArrayBuffer;
  /** … and of what authorities have said of clients' certificates. */
  readonly statuses: SharedArrayBuffer;
  /** What connections have besides what the plan says. */
  readonly common: Omit<ConnectionServices, keyof PlannedServices | 'webSocket' | 'isClosing'> &
    Pick<ConnectionServices['webSocket'], 'contexts'>;
  readonly bugs: InternalErrors;
  readonly log: (level: 'info' | 'warning' | 'error', text: string) => void;
}

/** The plan that connections go by: what is asked of it when an address is opened, and when the plan changes. */
export interface ListeningPlan {
  readonly model: EdgeModel;
  /** `listener`: its index in the model. */
  servicesOf(listener: number): PlannedServices;
  /** `listener`: its index in `allListeners`. */
  streamOf(listener: number): CompiledStream;
}

/** What the connections of one address share. A new plan is put into it: connections that are open go on by that with their next request. */
type Mutable<T> = { -readonly [K in keyof T]: T[K] };

interface Opening {
  readonly bound: BoundListener;
  readonly services: Mutable<ConnectionServices>;
  readonly origins: ListenerOrigins;
  readonly https: HttpsAddress;
  /** Undefined: connections begin with what their client says. */
  headers: ProxyHeaders | undefined;
  /** Undefined: what is spoken is HTTP. */
  fronts: UwsgiFronts | undefined;
}

/** A socket that clients come to. */
type Listened = Pick<Server, 'listening'> & { close(): unknown };

interface Listening {
  readonly bound: BoundListener;
  /** What its connections have in common. */
  readonly services: { isClosing: boolean };
  /** From now on it is served by this plan. */
  readonly renew: (bound: BoundListener, plan: ListeningPlan) => void;
  /** One, or several where the sockets of an address are more than the threads; none where there are fewer for datagrams, which one thread has to have. */
  readonly servers: readonly Listened[];
}

export class Listeners {
  readonly #parts: ListenersParts;
  readonly #buffers = new ReadBuffers(EDGE_LIMITS.readBytes, EDGE_LIMITS.largeReadBytes);
  readonly #open = new Map<string, Listening>();
  /** Servers that take no connections any more, and have not ended. */
  readonly #closing = new Set<Listened>();
  #tlsSettings: TlsSettings | undefined;
  #tls: TlsAcceptor | undefined;
  /** Handshakes need no stream of Node's. */
  #isTlsDirect = false;
  /** Undefined until TLS is spoken for the first time. */
  #newAcceptor: ((settings: TlsSettings) => TlsAcceptor) | undefined;
  readonly #loaded: LoadedParts;

  constructor(parts: ListenersParts) {
    this.#parts = parts;
    this.#loaded = new LoadedParts(parts);
  }

  get isListening(): boolean {
    return (
      [...this.#open.values()].some(({ servers }) => servers.some(({ listening }) => listening)) ||
      this.#closing.size > 0
    );
  }

  /** For connections that begin from now on. */
  renewTls(settings: TlsSettings): void {
    if (!isEqual(settings, this.#tlsSettings)) {
      this.#tlsSettings = settings;
      this.#tls = this.#newAcceptor?.(settings);
    }
  }

  renewTicketKeys(keys: TicketKeysByLifetime): void {
    const settings = this.#tlsSettings;
    this.#tlsSettings = settings && { ...settings, ticketKeys: { ...settings.ticketKeys, ...keys } };
    this.#tls?.renewTicketKeys(keys);
  }

  renewStaples(staples: readonly Staple[]): void {
    this.#tls?.renewStaples(staples);
  }

  /** What addresses of this model speak besides plain HTTP. Undefined: nothing has to be loaded first. */
  load(model: EdgeModel, hasTls: boolean): Promise<unknown> | undefined {
    const loading = [...(hasTls ? [this.#loadTls()] : []), ...this.#loaded.load(model)];
    return loading.length === 0 ? undefined : Promise.all(loading);
  }

  /** Three to five megabytes of code and tables, which a server without TLS is spared. */
  async #loadTls(): Promise<void> {
    const { acceptorsFor } = await import('../tls/acceptors-for.ts');
    const { isTlsDirect } = await import('../../relay/sockets/direct-tls.ts');
    if (this.#newAcceptor === undefined) {
      this.#isTlsDirect = isTlsDirect();
      this.#newAcceptor = acceptorsFor(this.#parts, this.#buffers.usual);
      this.#tls = this.#tlsSettings && this.#newAcceptor(this.#tlsSettings);
    }
  }

  /**
   * From now on these addresses are served by this plan. Those that are served already keep their connections, which go on by it; those that are not named
   * any more take no new ones. Throws what listen(2) throws.
   */
  serve(bound: readonly BoundListener[], plan: ListeningPlan): void {
    const wanted = new Set(bound.map(keyOf));
    for (const listener of bound) {
      const open = this.#open.get(keyOf(listener));
      if (open === undefined) {
        this.#listen(listener, plan);
      } else {
        open.renew(listener, plan);
      }
    }
    for (const [key, listening] of [...this.#open].filter(([each]) => !wanted.has(each))) {
      this.#open.delete(key);
      this.#close(
        listening,
        bound.some((each) => addressOf(each) === addressOf(listening.bound)),
      );
    }
  }

  /** The edge stops: connections end with what they have. New ones are still taken, until `close`. */
  announceEnd(): void {
    for (const { services } of this.#open.values()) {
      services.isClosing = true;
    }
  }

  /** Takes no connections any more. */
  close(): void {
    for (const server of [...this.#open.values()].flatMap(({ servers }) => servers)) {
      server.close();
    }
  }

  /**
   * Connections in the backlog are accepted first: the kernel has let these clients in, and closing the socket would reset them. Where the socket is served on
   * (`isServed`), by TLS that has come to its address or gone from it, they are left to that.
   */
  #close({ servers, services }: Listening, isServed: boolean): void {
    const { table } = this.#parts;
    services.isClosing = true;
    for (const server of servers) {
      this.#closing.add(server);
    }
    const close = (): void => {
      for (const server of servers) {
        server.close();
        this.#closing.delete(server);
      }
      // What has come meanwhile is read before the immediate is run, here as well.
      setTimeout(() => setImmediate(() => table.closeIdleOf(services)), EDGE_LIMITS.stopIdleMs);
    };
    if (isServed) {
      close();
      return;
    }
    // The backlog is read before the immediate is run, also if the thread was kept from running when the time was over.
    setTimeout(() => setImmediate(close), EDGE_LIMITS.stopIdleMs);
  }

  #listen(bound: BoundListener, plan: ListeningPlan): void {
    const fds = this.#socketsOf(bound, plan.model.edge.threads);
    assert(fds.length > 0 || bound.kind === 'udp', `the address ${keyOf(bound)} has a socket`);
    const backlog = backlogOf(bound, plan.model);
    const places = fds.map((fd) => ({ fd, backlog }));
    this.#open.set(keyOf(bound), bound.isStream ? this.#pass(bound, plan, places) : this.#speak(bound, plan, places));
  }

  /** HTTP, or uwsgi, which brings requests that are answered as those of HTTP. */
  #speak(bound: BoundListener, plan: ListeningPlan, places: readonly Where[]): Listening {
    const { common } = this.#parts;
    const { fields, ...planned } = this.#plannedServices(bound, plan);
    const { contexts, ...rest } = common;
    const services = { ...rest, ...planned, webSocket: { contexts, fields }, isClosing: false };
    const origins = new ListenerOrigins(bound, plan.model.forwarding.fields);
    const connect: HttpsAddress['connect'] = (socket, peer) => {
      const connection = this.#connect(socket, peer, services);
      this.#closeSoon(connection, services);
      return connection;
    };
    const https = { services, origins, buffers: this.#buffers, connect };
    const opening: Opening = {
      ...{ bound, services, origins, https },
      headers: this.#loaded.headersOf(bound, plan.model),
      fronts: this.#loaded.frontsOf(bound, plan.model),
    };
    const servers = places.map((where) =>
      bound.isTls ? this.#listenSecurely(where, opening) : this.#listenPlainly(where, opening),
    );
    const renew: Listening['renew'] = (present, next) => {
      Object.assign(services, this.#plannedServices(present, next));
      opening.headers = this.#loaded.headersOf(present, next.model);
      opening.fronts = this.#loaded.frontsOf(present, next.model);
    };
    return { bound, services, renew, servers };
  }

  /** Connections that are passed on as they are. One that has begun goes on by the plan that it began in. */
  #pass(bound: BoundListener, plan: ListeningPlan, places: readonly Where[]): Listening {
    const { table, bugs } = this.#parts;
    const buffer = this.#buffers.usual;
    const services = {
      ...{ table, bugs, buffer, clock: systemClock, isClosing: false },
      server: nameOf(bound),
      address: isOfAll(bound) ? '' : bound.address,
      port: bound.kind === 'unix' ? '' : String(bound.port),
      hostname: hostname(),
      hasProxyHeader: hasProxyHeader(bound, plan.model),
    };
    const door = { stream: plan.streamOf(bound.listener), site: siteOfStream(bound, plan.model), services };
    const onSocket = (socket: GuardedSocket): Receive => {
      const client = this.#admit(socket, bound.kind);
      return client === undefined ? () => undefined : door.stream.accept(socket, client, services);
    };
    const onBug = (error: unknown): void => bugs.note('a new connection', error);
    const servers = places.map((where): Listened => {
      if (bound.kind === 'udp') {
        return this.#listenForDatagrams(where, bound, door);
      }
      return bound.isTls
        ? this.#listenForHandshakes(where, (arrived) => this.#passSecured(arrived, bound, door))
        : listenWithBuffer(where, buffer, onSocket, onBug);
    });
    const renew: Listening['renew'] = (present, next) => {
      door.stream = next.streamOf(present.listener);
      door.site = siteOfStream(present, next.model);
      services.hasProxyHeader = hasProxyHeader(present, next.model);
    };
    return { bound, services, renew, servers };
  }

  #listenForDatagrams({ fd }: Where, { address, port }: BoundListener, door: StreamDoor): DatagramDoor {
    const open = this.#loaded.openDoor({ fd, address, port, services: door.services, stream: () => door.stream });
    assert(open !== undefined, 'what takes datagrams is loaded with the plan');
    return open;
  }

  #passSecured(arrived: Arrived, { kind }: BoundListener, { stream, site, services }: StreamDoor): void {
    const client = this.#admit(arrived, kind);
    if (client === undefined) {
      return;
    }
    const connection = services.hasProxyHeader ? streamOf(arrived) : arrived;
    stream.acceptBeforeTls(connection, client, services, (session) =>
      this.#accept(connection, client, {
        sites: { siteNamed: () => site, fallback: site, texts: stream.handshakeTexts },
        patience: undefined,
        onSecured: (socket, { facts, tls }) => session.onSecured(socket, { facts, tls }),
        onPlain: (carrier) => {
          carrier.destroy();
          session.onLost();
        },
        onLost: () => session.onLost(),
      }),
    );
  }

  #accept(arrived: Arrived, { address }: Client, listening: TlsListening): void {
    const acceptor = this.#tls;
    if (acceptor === undefined) {
      arrived.destroy();
      listening.onLost?.();
    } else if (arrived instanceof Socket) {
      acceptor.accept(arrived, address, listening);
    } else {
      acceptor.acceptBare(arrived, address, listening);
    }
  }

  /** A program that had more threads may have handed over more sockets than there are now: each has a thread, or its clients would wait for ever. */
  #socketsOf({ fds, kind }: BoundListener, threads: number): readonly number[] {
    const { thread } = this.#parts;
    const own = fds.filter((_, index) => index % threads === thread);
    return own.length > 0 || kind === 'udp' ? own : fds.slice(thread % fds.length, (thread % fds.length) + 1);
  }

  #plannedServices({ listener }: BoundListener, plan: ListeningPlan): PlannedServices {
    return plan.servicesOf(listener);
  }

  #listenPlainly(where: Where, opening: Opening): Server {
    const { bound, services, origins } = opening;
    const plain = origins.of(undefined);
    const onSocket = (socket: GuardedSocket): Receive => {
      const client = this.#admit(socket, bound.kind);
      if (client === undefined) {
        return () => undefined;
      }
      if (opening.headers !== undefined) {
        return this.#receiveBehindHeader(socket, client, opening);
      }
      if (opening.fronts !== undefined) {
        return this.#receivePacket(socket, client, opening);
      }
      const connection = this.#connect(socket, new Peer(client, plain, socket), services);
      socket.owner = connection;
      return readFairly(socket, this.#buffers, services.monotonicMs, (buffer, length) =>
        connection.onBytes(buffer, length),
      );
    };
    return listenWithBuffer(where, this.#buffers.usual, onSocket, (error) =>
      this.#parts.bugs.note('a new connection', error),
    );
  }

  #receiveBehindHeader(socket: GuardedSocket, client: Client, opening: Opening): Receive {
    const { headers, services, origins } = opening;
    return this.#receiveAfter(socket, services, (becomes) =>
      headers?.await(socket, client, services, (named, header, rest) => {
        const peer = new Peer(named, origins.of(undefined), socket);
        peer.proxyHeader = header;
        const connection = becomes(peer);
        return rest.length === 0 || connection.onBytes(rest, rest.length);
      }),
    );
  }

  #receivePacket(socket: GuardedSocket, client: Client, { fronts, services, origins }: Opening): Receive {
    return this.#receiveAfter(socket, services, (connect) =>
      fronts?.await(socket, client, { services, origins: origins.of(undefined), connect }),
    );
  }

  /** `begin`: what takes the bytes until somebody has said who the peer is. */
  #receiveAfter(
    socket: GuardedSocket,
    services: ConnectionServices,
    begin: (becomes: (peer: Peer) => Http1Connection) => AwaitedStart | undefined,
  ): Receive {
    const awaited = begin((peer) => {
      const connection = this.#connect(socket, peer, services);
      socket.owner = connection;
      receiver = connection;
      this.#closeSoon(connection, services);
      return connection;
    });
    socket.owner = awaited;
    let receiver: Pick<AwaitedStart, 'onBytes'> | undefined = awaited;
    return readFairly(
      socket,
      this.#buffers,
      services.monotonicMs,
      (buffer, length) => receiver?.onBytes(buffer, length) ?? true,
    );
  }

  #listenSecurely(where: Where, opening: Opening): Server {
    return this.#listenForHandshakes(where, (arrived) => this.#greet(arrived, opening));
  }

  #listenForHandshakes(where: Where, greet: (arrived: Arrived) => void): Server {
    const onBug = (error: unknown): void => this.#parts.bugs.note('a new connection', error);
    const direct = this.#isTlsDirect ? listenForBare(where, greet, onBug) : undefined;
    if (direct !== undefined) {
      return direct;
    }
    const server = createServer({ noDelay: true }, (carrier) => {
      try {
        greet(carrier);
      } catch (error) {
        onBug(error);
        carrier.destroy();
      }
    });
    return server.listen({ fd: where.fd }, where.backlog);
  }

  /** The header of the PROXY protocol stands before the handshake. */
  #greet(arrived: Arrived, opening: Opening): void {
    const client = this.#admit(arrived, opening.bound.kind);
    if (client === undefined) {
      return;
    }
    const { headers, services } = opening;
    if (headers === undefined) {
      this.#shakeHands(arrived, client, opening);
      return;
    }
    const carrier = streamOf(arrived);
    readBeforeTls(carrier, (done) =>
      headers.await(carrier, client, services, (named, header, rest) => {
        done(rest);
        this.#shakeHands(carrier, named, opening, header);
        return true;
      }),
    );
  }

  #shakeHands(arrived: Arrived, client: Client, { https }: Opening, header?: ProxyHeader): void {
    this.#accept(arrived, client, new HttpsListening(https, client, header));
  }

  /** Where the address is served no more, a connection that has just begun may still bring a request. */
  #closeSoon(connection: Http1Connection, { isClosing }: ConnectionServices): void {
    if (isClosing) {
      setTimeout(() => this.#parts.table.closeIfIdle(connection), EDGE_LIMITS.stopIdleMs);
    }
  }

  /** Undefined: the client is not let in, and its connection has been closed. */
  #admit(socket: Arrived, kind: BoundListener['kind']): Client | undefined {
    const client = clientOf(socket);
    // A TCP client that has already reset the connection has no address any more. It must not pass for a peer of a Unix socket, which is trusted.
    const isNobody = kind !== 'unix' && client.address === '';
    if (isNobody || !this.#parts.table.admits(client.address)) {
      socket.destroy();
      return undefined;
    }
    return client;
  }

  #connect(socket: Socket, peer: Peer, services: ConnectionServices): Http1Connection {
    const connection = new Http1Connection(socket, peer, services);
    this.#parts.table.add(connection);
    return connection;
  }
}

/** What stands before HTTP on a connection. */
type AwaitedStart = AwaitedHeader | AwaitedPacket;

/** A connection before its handshake. */
type Arrived = Socket | BareConnection;

function streamOf(arrived: Arrived): Socket {
  return arrived instanceof Socket ? arrived : arrived.toSocket();
}

/** Where connections of a stream go. A new plan is put into it. */
interface StreamDoor {
  readonly stream: CompiledStream;
  /** Whose certificate its clients are shown: index in `TlsSettings.sites`. */
  readonly site: number;
  readonly services: SessionServices;
}

interface Where {
  readonly fd: number;
  readonly backlog: number;
}
