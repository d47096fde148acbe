/**
 * One edge thread: its listeners, its connections, its gateway, put together. Threads share nothing but counters in shared memory;
 * what the supervisor says reaches each of them, and what they say is gathered by the edge's main.
 */

import type { Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import type { StaticFolder, UrlFolder } from '../config/model/folders.ts';
import { AppGateway } from '../gateway/app-gateway.ts';
import { Board } from '../gateway/board.ts';
import { NO_WORKERS } from '../gateway/worker-sets.ts';
import { httpDate, systemClock } from '../kernel/clock.ts';
import { collectGarbage } from '../kernel/garbage.ts';
import type { ConfigureEdge, FromEdge, Listener, TlsSettings, ToEdge } from '../protocol/control/edge.ts';
import type { Client, Exchange, Handler } from '../protocol/http/exchange.ts';
import { AccessLog } from './access-log/access-log.ts';
import type { Budgets } from './budgets.ts';
import { newBudgets } from './budgets.ts';
import { clientOf } from './client-of.ts';
import { ConnectionTable } from './connection-table.ts';
import { CountedLog } from './counted-log.ts';
import { connectionsPossible, readDescriptorLimit } from './descriptor-limit.ts';
import { refusalsFor, tellProgress } from './developer-pages.ts';
import { Disbelief } from './disbelief.ts';
import { ReadBuffers, readFairly } from './fair-reading.ts';
import { ForwardedReader } from './forwarded.ts';
import type { GuardedSocket } from './guarded-socket.ts';
import { guardSocket } from './guarded-socket.ts';
import { NamedFiles } from './handlers/static/named-files.ts';
import { compileStatic } from './handlers/static/static.ts';
import { InternalErrors } from './internal-errors.ts';
import { listenForLanes } from './lane-listener.ts';
import { EDGE_LIMITS } from './limits.ts';
import type { Receive } from './node-internals.ts';
import { listenWithBuffer } from './node-internals.ts';
import { Identifier } from './pipeline/identify.ts';
import type { PeerOrigins } from './pipeline/origins.ts';
import { ListenerOrigins } from './pipeline/origins.ts';
import { compilePipeline, refuseUnserved } from './pipeline/run.ts';
import { RequestIds } from './request-id.ts';
import type { SharedState } from './shared-state.ts';
import { waitingElsewhere } from './shared-state.ts';
import type { TlsAcceptor } from './tls/tls-acceptor.ts';
import type { ConnectionServices } from './transport/connection-services.ts';
import { Http1Connection } from './transport/http1-connection.ts';
import { newHttp1Memory } from './transport/http1-memory.ts';
import { ZlibContexts } from './transport/websocket/zlib-contexts.ts';
import { TrustedPeers } from './trusted-peers.ts';

/**
 * Messages of a thread to the edge's main, beside those for the supervisor. `room`: thread `to` may look for a worker. `advice`: a line for the operator, told
 * once whichever thread has noticed it. `failed`: an error was thrown that belongs to no connection or lane, which could end by it.
 */
export type FromThread =
  | FromEdge
  | { readonly kind: 'room'; readonly to: number }
  | { readonly kind: 'failed' }
  | { readonly kind: 'advice'; readonly about: string; readonly text: string };
/** `leave`: stop, but keep the workers for the edge that follows. */
export type ToThread = ToEdge | { readonly kind: 'room' } | { readonly kind: 'leave'; readonly deadlineMs: number };

/** Streams of different threads begin far apart, so that the board of a lane never names another thread's. */
const STREAMS_PER_THREAD = 0x100000;

export class EdgeThread {
  readonly #index: number;
  readonly #config: ConfigureEdge;
  readonly #shared: SharedState;
  readonly #send: (message: FromThread) => void;
  readonly #table: ConnectionTable;
  readonly #budgets: Budgets;
  readonly #gateway: AppGateway;
  readonly #accessLog: AccessLog | undefined;
  readonly #trusted: TrustedPeers;
  readonly #services: ConnectionServices;
  readonly #bugs: InternalErrors;
  readonly #servers: Server[] = [];
  #tlsSettings: TlsSettings | undefined;
  #tls: TlsAcceptor | undefined;
  #static: Handler;
  #namedFiles: NamedFiles;
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
    this.#gateway = this.#newGateway();
    this.#accessLog = this.#newAccessLog();
    this.#static = this.#compileStatic([]);
    this.#namedFiles = this.#compileNamed([]);
    this.#trusted = new TrustedPeers(config.settings.forwardedAllowIps);
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
    const { connectionsMax, connectionsPerAddressMax } = this.#config.settings;
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

  #newGateway(): AppGateway {
    const { settings, board, edgeThreads } = this.#config;
    const index = this.#index;
    return new AppGateway({
      settings: {
        timeoutMs: settings.timeoutMs,
        queueMax: Math.ceil(settings.queueDepthMax / edgeThreads),
        queueTimeoutMs: settings.queueTimeoutMs,
        bodyBytesMax: settings.bodyBytesMax || Infinity,
        keepsTimes: settings.accessLog !== undefined,
        takesWebSockets: settings.webSocket.isOn,
        tunnelDrainMs: settings.tunnelDrainMs,
      },
      clock: systemClock,
      ...this.#budgets,
      board: new Board(board, index, edgeThreads),
      units: this.#shared.units,
      firstStream: index * STREAMS_PER_THREAD,
      threads: edgeThreads,
      namedFiles: {
        takes: (exchange, file) => this.#namedFiles.takes(exchange, file),
        send: (exchange, head, times) => this.#namedFiles.send(exchange, head, times),
      },
      log: (level, text) => this.#log(level, text),
      onStuck: (stuck) => this.#send({ kind: 'stuck', ...stuck }),
      onBug: (what, error) => this.#bugs.note(what, error),
      onQuiet: (worker) => this.#send({ kind: 'quiet', worker }),
      onWaiting: (count) => Atomics.store(this.#shared.waiting, index, count),
      othersWait: () => waitingElsewhere(this.#shared, index) !== -1,
      onRoom: () => this.#offerRoom(),
    });
  }

  #offerRoom(): void {
    const to = waitingElsewhere(this.#shared, this.#index);
    if (to !== -1 && Atomics.exchange(this.#shared.told, to, 1) === 0) {
      this.#send({ kind: 'room', to });
    }
  }

  #newAccessLog(): AccessLog | undefined {
    const settings = this.#config.settings.accessLog;
    return settings === undefined
      ? undefined
      : new AccessLog({
          path: settings.path,
          fd: settings.fd,
          format: settings.format,
          responseFields: this.#config.settings.responseFields,
          clock: systemClock,
          onError: (text) => this.#log('error', text),
        });
  }

  #newServices(): ConnectionServices {
    const { settings, development } = this.#config;
    return {
      ...newHttp1Memory(settings.responseFields),
      table: this.#table,
      identifier: this.#newIdentifier(),
      keepAliveMs: settings.keepAliveMs,
      webSocket: { ...settings.webSocket, contexts: new ZlibContexts(), fields: settings.responseFields },
      pipeline: compilePipeline({
        handlers: [refuseUnserved, (exchange) => this.#static(exchange), (exchange) => this.#askApplication(exchange)],
        renderRefusal: refusalsFor(development),
        accessLog: this.#accessLog,
        clock: systemClock,
        onBug: (error) => this.#bugs.note('a request', error),
      }),
      date: () => this.#today(),
      monotonicMs: () => systemClock.monotonicMs(),
      refusals: new CountedLog('no request in what came from', (text) => this.#log('info', text)),
      bugs: this.#bugs,
      log: (level, text) => this.#log(level, text),
    };
  }

  #newIdentifier(): Identifier {
    const { forwardedFields: family, forwardedAllowIps: allowed } = this.#config.settings;
    return new Identifier({
      reader: new ForwardedReader(family, this.#trusted),
      ids: new RequestIds(),
      disbelief: new Disbelief({
        family,
        allowed,
        onAdvice: (about, text) => this.#send({ kind: 'advice', about, text }),
      }),
      faults: new CountedLog('proxy fields not taken from', (text) => this.#log('warning', text)),
    });
  }

  #compileStatic(mounts: readonly StaticFolder[]): Handler {
    return compileStatic([...this.#config.mounts, ...mounts], {
      clock: systemClock,
      log: (level, text) => this.#log(level, text),
      next: (exchange) => this.#askApplication(exchange),
    });
  }

  #compileNamed(folders: readonly UrlFolder[]): NamedFiles {
    return new NamedFiles([...this.#config.namedFolders, ...folders], {
      clock: systemClock,
      log: (level, text) => this.#log(level, text),
    });
  }

  #askApplication(exchange: Exchange): true {
    this.#gateway.submit(exchange);
    return true;
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
    const { secret, slotsMax, listeners, lanes } = this.#config;
    listenForLanes({
      where: { fd: laneOf(lanes, this.#index), backlog: EDGE_LIMITS.laneBacklog },
      secret,
      slotsMax,
      gateway: this.#gateway,
      log: (level, text) => this.#log(level, text),
      onBug: (what, error) => this.#bugs.note(what, error),
    });
    if (this.#tlsSettings === undefined) {
      this.#listen(listeners);
    } else {
      void this.#listenWithTls(listeners);
    }
  }

  /** Three to five megabytes of code and tables, which a server without TLS is spared. */
  async #listenWithTls(listeners: readonly Listener[]): Promise<void> {
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

  #listen(listeners: readonly Listener[]): void {
    const { backlog } = this.#config.settings;
    const buffers = new ReadBuffers(EDGE_LIMITS.readBytes, EDGE_LIMITS.largeReadBytes);
    for (const listener of listeners) {
      const fd = listener.fds[this.#index % listener.fds.length];
      if (fd !== undefined) {
        this.#servers.push(
          listener.isTls ? this.#listenSecurely(fd, listener) : this.#listenPlainly({ fd, backlog }, listener, buffers),
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

  #listenPlainly(where: { fd: number; backlog: number }, listener: Listener, buffers: ReadBuffers): Server {
    const origins = this.#originsOf(listener).of(undefined);
    const onSocket = (socket: GuardedSocket): Receive => {
      const client = this.#admit(socket, listener.kind);
      if (client === undefined) {
        return () => undefined;
      }
      const connection = this.#connect(socket, client, origins);
      socket.owner = connection;
      return readFairly(socket, buffers, this.#services.monotonicMs, (buffer, length) =>
        connection.onBytes(buffer, length),
      );
    };
    return listenWithBuffer(where, buffers.usual, onSocket, (error) => this.#bugs.note('a new connection', error));
  }

  #listenSecurely(fd: number, listener: Listener): Server {
    const origins = this.#originsOf(listener);
    const server = createServer({ noDelay: true }, (carrier) => {
      try {
        this.#shakeHands(carrier, listener, origins);
      } catch (error) {
        this.#bugs.note('a new connection', error);
        carrier.destroy();
      }
    });
    return server.listen({ fd }, this.#config.settings.backlog);
  }

  #shakeHands(carrier: Socket, listener: Listener, origins: ListenerOrigins): void {
    const client = this.#admit(carrier, listener.kind);
    if (client === undefined) {
      return;
    }
    this.#tls?.accept(carrier, client.address, (socket, facts) => {
      const connection = this.#connect(socket, client, origins.of(facts));
      guardSocket(socket, connection);
      socket.on('data', (bytes: Buffer) => connection.onBytes(bytes, bytes.length));
      if (this.#table.isStopping) {
        setTimeout(() => this.#table.closeIfIdle(connection), EDGE_LIMITS.stopIdleMs);
      }
    });
  }

  #originsOf(listener: Listener): ListenerOrigins {
    return new ListenerOrigins(listener, this.#config.settings.forwardedFields);
  }

  /** Undefined: the client is not let in, and its connection has been closed. */
  #admit(socket: Socket, kind: Listener['kind']): Client | undefined {
    const client = clientOf(socket);
    // A TCP client that has already reset the connection has no address any more. It must not pass for a peer of a Unix socket, which is trusted.
    const isNobody = kind === 'tcp' && client.address === '';
    if (isNobody || !this.#table.admits(client.address)) {
      socket.destroy();
      return undefined;
    }
    return client;
  }

  #connect(socket: Socket, client: Client, origins: PeerOrigins): Http1Connection {
    const isTrusted = this.#config.settings.forwardedFields !== 'none' && this.#trusted.has(client.address);
    const peer = { client, origins, isTrusted };
    const connection = new Http1Connection(socket, peer, this.#services);
    this.#table.add(connection);
    return connection;
  }

  receive(message: ToThread): void {
    switch (message.kind) {
      case 'workers':
        this.#gateway.setWorkers({
          interface: message.interface,
          active: new Set(message.active.map((worker) => worker.id)),
          draining: new Set(message.draining),
          closing: new Set(message.closing),
          gone: message.gone,
        });
        return;
      case 'static':
      case 'tls':
      case 'reopen-logs':
        this.#change(message);
        return;
      case 'progress':
        tellProgress(this.#gateway, message);
        return;
      case 'room':
        Atomics.store(this.#shared.told, this.#index, 0);
        this.#gateway.takeRoom();
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
          this.#static = this.#compileStatic(message.mounts);
          this.#namedFiles = this.#compileNamed(message.namedFolders);
          return;
        case 'tls':
          this.#tls?.renew(message.tls);
          this.#tlsSettings = message.tls;
          return;
        case 'reopen-logs':
          this.#accessLog?.reopen();
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
      this.#gateway.setWorkers(NO_WORKERS);
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
