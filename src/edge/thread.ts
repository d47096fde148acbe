/**
 * One edge thread: its listeners, its connections, its applications, put together. Threads share nothing but counters in shared memory;
 * what the supervisor says reaches each of them, and what they say is gathered by the edge's main.
 */

import type { Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import type { AppId } from '../config/model/app.ts';
import { Board } from '../gateway/board.ts';
import { NO_WORKERS } from '../gateway/worker-sets.ts';
import { assert } from '../kernel/assert.ts';
import { httpDate, systemClock } from '../kernel/clock.ts';
import { collectGarbage } from '../kernel/garbage.ts';
import type { BoundListener, ConfigureEdge, FromEdge, TlsSettings, ToEdge } from '../protocol/control/edge.ts';
import type { Client } from '../protocol/http/exchange.ts';
import { Peer } from '../protocol/http/peer.ts';
import { AccessLog } from './access-log/access-log.ts';
import type { AppMessage } from './app-service.ts';
import { AppService } from './app-service.ts';
import type { Budgets } from './budgets.ts';
import { newBudgets } from './budgets.ts';
import { clientOf } from './client-of.ts';
import { ConnectionTable } from './connection-table.ts';
import { CountedLog } from './counted-log.ts';
import { connectionsPossible, readDescriptorLimit } from './descriptor-limit.ts';
import { Disbelief } from './disbelief.ts';
import { ReadBuffers, readFairly } from './fair-reading.ts';
import { ForwardedReader } from './forwarded.ts';
import type { GuardedSocket } from './guarded-socket.ts';
import { guardSocket } from './guarded-socket.ts';
import { InternalErrors } from './internal-errors.ts';
import type { LaneDoor } from './lane-listener.ts';
import { listenForLanes } from './lane-listener.ts';
import { EDGE_LIMITS } from './limits.ts';
import type { Receive } from './node-internals.ts';
import { listenWithBuffer } from './node-internals.ts';
import { Identifier } from './pipeline/identify.ts';
import { ListenerOrigins } from './pipeline/origins.ts';
import type { PlainSite } from './plain-site.ts';
import { plainSite } from './plain-site.ts';
import { RequestIds } from './request-id.ts';
import type { SharedState } from './shared-state.ts';
import { Sites } from './sites.ts';
import type { TlsAcceptor } from './tls/tls-acceptor.ts';
import type { ConnectionServices } from './transport/connection-services.ts';
import { Http1Connection } from './transport/http1-connection.ts';
import { newHttp1Memory } from './transport/http1-memory.ts';
import { ZlibContexts } from './transport/websocket/zlib-contexts.ts';
import { TrustedPeers } from './trusted-peers.ts';

/**
 * Messages of a thread to the edge's main, beside those for the supervisor. `advice`: a line for the operator, told
 * once whichever thread has noticed it. `failed`: an error was thrown that belongs to no connection or lane, which could end by it.
 */
export type FromThread =
  | FromEdge
  | AppMessage
  | { readonly kind: 'failed' }
  | { readonly kind: 'advice'; readonly about: string; readonly text: string };
/** `leave`: stop, but keep the workers for the edge that follows. */
export type ToThread =
  | ToEdge
  | { readonly kind: 'room'; readonly app: AppId }
  | { readonly kind: 'leave'; readonly deadlineMs: number };

/** What connections of a listener that speaks TLS share. */
interface SecureListening {
  readonly origins: ListenerOrigins;
  readonly services: ConnectionServices;
}

export class EdgeThread {
  readonly #index: number;
  readonly #config: ConfigureEdge;
  readonly #shared: SharedState;
  readonly #send: (message: FromThread) => void;
  readonly #table: ConnectionTable;
  readonly #budgets: Budgets;
  readonly #site: PlainSite;
  readonly #apps: ReadonlyMap<AppId, AppService>;
  readonly #accessLog: AccessLog | undefined;
  readonly #services: Omit<ConnectionServices, 'pipeline'>;
  readonly #sites: Sites;
  readonly #bugs: InternalErrors;
  readonly #servers: Server[] = [];
  #tlsSettings: TlsSettings | undefined;
  #tls: TlsAcceptor | undefined;
  #dateSecond = 0;
  #date = '';
  #isDrained = false;
  /** Another edge follows: the workers are kept for it. */
  #isFollowed = false;

  constructor(index: number, config: ConfigureEdge, shared: SharedState, send: (message: FromThread) => void) {
    this.#index = index;
    this.#config = config;
    this.#shared = shared;
    this.#send = send;
    this.#tlsSettings = config.tls;
    this.#bugs = new InternalErrors(systemClock, (text) => this.#log('error', text));
    this.#table = this.#newTable();
    this.#budgets = newBudgets(config, shared, index, send);
    this.#budgets.space.onBug = (error) => this.#bugs.note('what waits in a file', error);
    this.#site = plainSite(config.model);
    this.#apps = this.#newApps();
    this.#accessLog = this.#newAccessLog();
    this.#sites = this.#newSites();
    this.#services = this.#newServices();
  }

  /**
   * An error that was thrown where nobody knows for which connection: in a timer, in what the kernel calls back. The state of this thread may be wrong by now.
   * After the first such error the edge leaves; those that follow meanwhile are only logged.
   */
  onUncaught(error: unknown): void {
    this.#bugs.note('an edge thread', error);
    this.#send({ kind: 'failed' });
  }

  #log(level: 'info' | 'warning' | 'error', text: string): void {
    this.#send({ kind: 'log', level, text });
  }

  #newTable(): ConnectionTable {
    const { connectionsMax, connectionsPerAddressMax } = this.#config.model.edge;
    const descriptors = readDescriptorLimit();
    const possible = connectionsPossible(descriptors);
    const isShort = connectionsMax === 0 || possible < connectionsMax;
    const texts = {
      all: isShort
        ? `${possible} are open, and the rest of the ${descriptors} files that the process may open is kept for its work; raise "ulimit -n", or LimitNOFILE= of a systemd unit`
        : `--max-connections ${connectionsMax} are open`,
      address: `an address has its --max-connections-per-address ${connectionsPerAddressMax}`,
    };
    return new ConnectionTable({
      clock: systemClock,
      caps: { connectionsMax: isShort ? possible : connectionsMax, connectionsPerAddressMax },
      counters: this.#shared.connections,
      onRefused: (count, cap) => this.#log('warning', `connections refused: ${count}; ${texts[cap]}`),
      onEmpty: () => this.#checkDrained(),
    });
  }

  #newApps(): Map<AppId, AppService> {
    const { model, board } = this.#config;
    const around = {
      thread: this.#index,
      threads: model.edge.threads,
      shared: this.#shared,
      budgets: this.#budgets,
      board: new Board(board, this.#index, model.edge.threads),
      bugs: this.#bugs,
      bodyBytesMax: this.#site.bodyBytesMax,
      keepsTimes: this.#site.accessLog !== undefined,
      log: this.#log.bind(this),
      send: this.#send,
    };
    return new Map(model.apps.map((app, index) => [app.id, new AppService(app, index, around)]));
  }

  #newAccessLog(): AccessLog | undefined {
    const { accessLog, fields } = this.#site;
    return accessLog === undefined
      ? undefined
      : new AccessLog({
          path: accessLog.path,
          fd: this.#config.logs[accessLog.target] ?? undefined,
          format: accessLog.format,
          responseFields: fields,
          clock: systemClock,
          onError: (text) => this.#log('error', text),
        });
  }

  #newServices(): Omit<ConnectionServices, 'pipeline'> {
    const { fields, keepAliveMs } = this.#site;
    return {
      ...newHttp1Memory(fields),
      table: this.#table,
      keepAliveMs,
      webSocket: { contexts: new ZlibContexts(), fields },
      date: () => this.#today(),
      monotonicMs: () => systemClock.monotonicMs(),
      refusals: new CountedLog('no request in what came from', (text) => this.#log('info', text)),
      bugs: this.#bugs,
      log: (level, text) => this.#log(level, text),
    };
  }

  #newSites(): Sites {
    return new Sites({
      model: this.#config.model,
      thread: this.#index,
      apps: this.#apps,
      identifier: this.#newIdentifier(),
      zones: this.#shared.zones,
      accessLog: this.#accessLog,
      bugs: this.#bugs,
      log: (level, text) => this.#log(level, text),
    });
  }

  #newIdentifier(): Identifier {
    const { fields: family, allowIps: allowed } = this.#config.model.forwarding;
    const trusted = new TrustedPeers(allowed);
    return new Identifier({
      trusted: family === 'none' ? undefined : trusted,
      reader: new ForwardedReader(family, trusted),
      ids: new RequestIds(),
      disbelief: new Disbelief({
        family,
        allowed,
        onAdvice: (about, text) => this.#send({ kind: 'advice', about, text }),
      }),
      faults: new CountedLog('proxy fields not taken from', (text) => this.#log('warning', text)),
    });
  }

  #today(): string {
    const nowMs = systemClock.nowMs();
    if (nowMs - this.#dateSecond >= 1000 || nowMs < this.#dateSecond) {
      this.#dateSecond = nowMs - (nowMs % 1000);
      this.#date = httpDate(nowMs);
    }
    return this.#date;
  }

  /** Listens on the lane socket and every listener; `ready` is said when clients and workers can connect. */
  start(): void {
    const { listeners, lanes } = this.#config;
    listenForLanes({
      where: { fd: laneOf(lanes, this.#index), backlog: EDGE_LIMITS.laneBacklog },
      doors: this.#newDoors(),
      log: (level, text) => this.#log(level, text),
      onBug: (what, error) => this.#bugs.note(what, error),
    });
    if (this.#tlsSettings === undefined) {
      this.#listen(listeners);
    } else {
      void this.#listenWithTls(listeners);
    }
  }

  #newDoors(): Map<AppId, LaneDoor> {
    const doors = this.#config.workers.flatMap((workers): LaneDoor[] => {
      const gateway = this.#apps.get(workers.app)?.gateway;
      return gateway === undefined ? [] : [{ ...workers, gateway }];
    });
    return new Map(doors.map((door) => [door.app, door]));
  }

  /** Three to five megabytes of code and tables, which a server without TLS is spared. */
  async #listenWithTls(listeners: readonly BoundListener[]): Promise<void> {
    const { TlsAcceptor } = await import('./tls/tls-acceptor.ts');
    const settings = this.#tlsSettings;
    if (settings === undefined || this.#table.isStopping) {
      return;
    }
    this.#tls = new TlsAcceptor({
      settings,
      table: this.#table,
      date: this.#services.date,
      log: (level, text) => this.#log(level, text),
      onBug: (what, error) => this.#bugs.note(what, error),
    });
    this.#listen(listeners);
  }

  #listen(listeners: readonly BoundListener[]): void {
    const buffers = new ReadBuffers(EDGE_LIMITS.readBytes, EDGE_LIMITS.largeReadBytes);
    for (const listener of listeners) {
      const fd = listener.fds[this.#index % listener.fds.length];
      if (fd !== undefined) {
        this.#servers.push(
          listener.isTls
            ? this.#listenSecurely(fd, listener)
            : this.#listenPlainly({ fd, backlog: this.#backlogOf(listener) }, listener, buffers),
        );
      }
    }
    this.#send({ kind: 'ready' });
    this.#collectLater();
  }

  #collectLater(): void {
    setTimeout(() => {
      if (this.#table.size === 0) {
        collectGarbage();
      } else {
        this.#collectLater();
      }
    }, EDGE_LIMITS.collectAfterMs).unref();
  }

  #listenPlainly(where: { fd: number; backlog: number }, listener: BoundListener, buffers: ReadBuffers): Server {
    const origins = this.#originsOf(listener).of(undefined);
    const services = this.#servicesOf(listener);
    const onSocket = (socket: GuardedSocket): Receive => {
      const client = this.#admit(socket, listener.kind);
      if (client === undefined) {
        return () => undefined;
      }
      const connection = this.#connect(socket, new Peer(client, origins, socket), services);
      socket.owner = connection;
      return readFairly(socket, buffers, this.#services.monotonicMs, (buffer, length) =>
        connection.onBytes(buffer, length),
      );
    };
    return listenWithBuffer(where, buffers.usual, onSocket, (error) => this.#bugs.note('a new connection', error));
  }

  #listenSecurely(fd: number, listener: BoundListener): Server {
    const origins = this.#originsOf(listener);
    const services = this.#servicesOf(listener);
    const server = createServer({ noDelay: true }, (carrier) => {
      try {
        this.#shakeHands(carrier, listener, { origins, services });
      } catch (error) {
        this.#bugs.note('a new connection', error);
        carrier.destroy();
      }
    });
    return server.listen({ fd }, this.#backlogOf(listener));
  }

  #shakeHands(carrier: Socket, listener: BoundListener, { origins, services }: SecureListening): void {
    const client = this.#admit(carrier, listener.kind);
    if (client === undefined) {
      return;
    }
    this.#tls?.accept(carrier, client.address, (socket, facts) => {
      const connection = this.#connect(socket, new Peer(client, origins.of(facts), carrier), services);
      guardSocket(socket, connection);
      socket.on('data', (bytes: Buffer) => connection.onBytes(bytes, bytes.length));
      if (this.#table.isStopping) {
        setTimeout(() => this.#table.closeIfIdle(connection), EDGE_LIMITS.stopIdleMs);
      }
    });
  }

  /** Connections of one listener share who answers. */
  #servicesOf({ listener }: BoundListener): ConnectionServices {
    return { ...this.#services, pipeline: this.#sites.pipelineOf(listener) };
  }

  #backlogOf({ listener }: BoundListener): number {
    const { backlog } = this.#config.model.listeners[listener] ?? {};
    assert(backlog !== undefined, `the model has no listener ${listener}`);
    return backlog;
  }

  #originsOf(listener: BoundListener): ListenerOrigins {
    return new ListenerOrigins(listener, this.#config.model.forwarding.fields);
  }

  /** Undefined: the client is not let in, and its connection has been closed. */
  #admit(socket: Socket, kind: BoundListener['kind']): Client | undefined {
    const client = clientOf(socket);
    // A TCP client that has already reset the connection has no address any more. It must not pass for a peer of a Unix socket, which is trusted.
    const isNobody = kind === 'tcp' && client.address === '';
    if (isNobody || !this.#table.admits(client.address)) {
      socket.destroy();
      return undefined;
    }
    return client;
  }

  #connect(socket: Socket, peer: Peer, services: ConnectionServices): Http1Connection {
    const connection = new Http1Connection(socket, peer, services);
    this.#table.add(connection);
    return connection;
  }

  receive(message: ToThread): void {
    switch (message.kind) {
      case 'workers':
        this.#apps.get(message.app)?.setWorkers(message);
        return;
      case 'static':
      case 'tls':
      case 'reopen-logs':
        this.#change(message);
        return;
      case 'progress':
        this.#apps.get(message.app)?.tellProgress(message);
        return;
      case 'room':
        this.#apps.get(message.app)?.takeRoom();
        return;
      case 'stop':
        this.#stop(message.deadlineMs);
        return;
      case 'leave':
        this.#isFollowed = true;
        this.#stop(message.deadlineMs);
        return;
      case 'ping':
        this.#send({ kind: 'pong' });
        return;
      case 'configure':
        return;
    }
  }

  /** Takes over new settings. Where they cannot be taken, the earlier ones stay. */
  #change(message: Extract<ToThread, { kind: 'static' | 'tls' | 'reopen-logs' }>): void {
    try {
      switch (message.kind) {
        case 'static':
          this.#apps.get(message.app)?.declare(message);
          this.#sites.redeclare();
          return;
        case 'tls':
          this.#tls?.renew(message.tls);
          this.#tlsSettings = message.tls;
          return;
        case 'reopen-logs':
          this.#accessLog?.reopen();
          this.#sites.reopenLogs();
          return;
      }
    } catch (error) {
      this.#bugs.note(`a change ("${message.kind}")`, error);
    }
  }

  /**
   * Connections in the backlogs are accepted first: the kernel has let these clients in, and closing the socket would reset them. Even the last of them has
   * time to send its request.
   */
  #stop(deadlineMs: number): void {
    this.#table.isStopping = true;
    setTimeout(() => {
      for (const server of this.#servers) {
        server.close();
      }
      this.#checkDrained();
      setTimeout(() => this.#table.closeIdle(), EDGE_LIMITS.stopIdleMs);
    }, EDGE_LIMITS.stopIdleMs);
    // Lanes are read before the immediate is run: what workers have answered by then is still sent.
    setTimeout(() => setImmediate(() => this.#table.destroyAll()), deadlineMs).unref();
  }

  #checkDrained(): void {
    if (
      !this.#table.isStopping ||
      this.#isDrained ||
      this.#table.size > 0 ||
      this.#servers.some((server) => server.listening)
    ) {
      return;
    }
    this.#isDrained = true;
    if (!this.#isFollowed) {
      for (const { gateway } of this.#apps.values()) {
        gateway.setWorkers(NO_WORKERS);
      }
    }
    this.#accessLog?.flush();
    this.#budgets.overload.finish();
    this.#send({ kind: 'drained' });
  }
}

function laneOf(lanes: readonly number[], thread: number): number {
  const fd = lanes[thread];
  if (fd === undefined) {
    throw new Error(`edge thread ${thread} was given no socket for its lanes`);
  }
  return fd;
}
