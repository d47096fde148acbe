/**
 * uWSGI's stats server: whoever connects is given one document, and the connection ends. Nothing that a client sends is read but to be thrown away. The number of
 * connections is bounded, and so is the time of each, whatever its client does.
 */

import type { Socket } from 'node:net';
import type { StatsServer as StatsSettings } from '../../config/model/server-model.ts';
import { SUPERVISOR_LIMITS } from '../limits.ts';
import type { PreparedServer } from '../prepare.ts';
import type { Snapshot } from '../status/snapshot.ts';
import type { StatsSocket } from './open-stats-socket.ts';
import { renderStats } from './render-stats.ts';
import { uwsgiStats } from './uwsgi-stats.ts';

/** As uWSGI's, byte for byte. */
const HTTP_HEAD =
  'HTTP/1.0 200 OK\r\nConnection: close\r\nAccess-Control-Allow-Origin: *\r\nContent-Type: application/json\r\n\r\n';

export interface StatsServerParts {
  readonly socket: StatsSocket;
  readonly settings: Omit<StatsSettings, 'address'>;
  readonly snapshot: () => Promise<Snapshot>;
  readonly onFault: (error: unknown) => void;
}

export class StatsServer {
  readonly #parts: StatsServerParts;
  readonly #sockets = new Set<Socket>();
  /** Connections that come at once are given the same document. */
  #last: { readonly snapshot: Snapshot; readonly document: Buffer } | undefined;

  constructor(parts: StatsServerParts) {
    this.#parts = parts;
  }

  start(): void {
    const { server } = this.#parts.socket;
    server.maxConnections = SUPERVISOR_LIMITS.statsConnectionsMax;
    server.on('connection', (socket) => this.#onConnection(socket));
  }

  close(): void {
    this.#parts.socket.close();
    for (const socket of this.#sockets) {
      socket.destroy();
    }
  }

  #onConnection(socket: Socket): void {
    this.#sockets.add(socket);
    const timer = setTimeout(() => socket.destroy(), SUPERVISOR_LIMITS.statsConnectionMs);
    socket.on('close', () => {
      clearTimeout(timer);
      this.#sockets.delete(socket);
    });
    // Whoever leaves has no use for what is left.
    socket.on('error', () => socket.destroy());
    if (this.#parts.settings.isHttp) {
      socket.once('data', () => this.#answer(socket));
    } else {
      this.#answer(socket);
    }
    // What comes is thrown away: bytes that nobody has read would have the kernel reset the connection at its end, and the client lose the document.
    socket.resume();
  }

  #answer(socket: Socket): void {
    this.#parts.snapshot().then(
      (snapshot) => {
        if (!socket.destroyed) {
          socket.end(this.#documentOf(snapshot));
        }
      },
      (error: unknown) => {
        socket.destroy();
        this.#parts.onFault(error);
      },
    );
  }

  #documentOf(snapshot: Snapshot): Buffer {
    if (this.#last?.snapshot !== snapshot) {
      const { isHttp, isMinified, hasCores } = this.#parts.settings;
      const text = renderStats(uwsgiStats(snapshot, hasCores), isMinified);
      this.#last = { snapshot, document: Buffer.from(`${isHttp ? HTTP_HEAD : ''}${text}`) };
    }
    return this.#last.document;
  }
}

/** Undefined: nobody has asked for one. */
export function newStatsServer(
  { model, statsSocket: socket }: Pick<PreparedServer, 'model' | 'statsSocket'>,
  parts: Pick<StatsServerParts, 'snapshot' | 'onFault'>,
): StatsServer | undefined {
  const { stats: settings } = model.process;
  return settings === undefined || socket === undefined ? undefined : new StatsServer({ ...parts, settings, socket });
}
