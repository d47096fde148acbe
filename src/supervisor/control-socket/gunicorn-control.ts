/** gunicorn's control interface, for its command `gunicornc` and for programs that speak with it: beside our own control socket, where the command line is gunicorn's. */

import type { Socket } from 'node:net';
import { join, resolve } from 'node:path';
import { splitWords } from '../../config/dialects/split-words.ts';
import type { GunicornApp } from '../../config/model/app.ts';
import type { GunicornRequest } from '../../protocol/control/gunicorn-frames.ts';
import { GunicornFrames, renderGunicornFrame } from '../../protocol/control/gunicorn-frames.ts';
import { workersMax } from '../fleet/app-fleet.ts';
import type { AppFleet } from '../fleet/fleet-types.ts';
import { SUPERVISOR_LIMITS } from '../limits.ts';
import { ControlSocket } from './control-socket.ts';
import type { GunicornCommand } from './gunicorn-commands.ts';
import { GUNICORN_HELP, parseGunicornCommand, showToGunicorn } from './gunicorn-commands.ts';
import type { OperationsParts } from './operated.ts';

/** gunicorn's. */
const MODE = 0o600;
const WHY = 'gunicornc';

type Order = Exclude<GunicornCommand, { kind: 'show' | 'help' | 'dirty' }>;

export class GunicornControl {
  readonly #parts: OperationsParts;
  readonly #settings: GunicornApp['settings'];
  readonly #socket: ControlSocket;

  constructor(parts: OperationsParts, { settings }: GunicornApp) {
    const { server } = parts;
    this.#parts = parts;
    this.#settings = settings;
    this.#socket = new ControlSocket({
      path: placeOf(settings, server),
      mode: modeOf(settings['control_socket_mode']),
      asker: { uid: process.geteuid?.() ?? -1, env: server.env },
      identity: server.identity,
      // As gunicorn does: the server that was started last has the socket.
      replaces: true,
      makesFolder: true,
      onConnection: (socket) => this.#converse(socket),
    });
  }

  /** Resolves with what is in the way. */
  open(): Promise<string | undefined> {
    return this.#socket.open();
  }

  close(): void {
    this.#socket.close();
  }

  #converse(socket: Socket): void {
    const frames = new GunicornFrames();
    socket.setTimeout(SUPERVISOR_LIMITS.gunicornControlIdleMs, () => socket.destroy());
    socket.on('error', () => undefined);
    socket.on('data', (bytes: Buffer) => {
      const requests = frames.feed(bytes);
      if (!requests.ok || socket.writableLength > SUPERVISOR_LIMITS.commandPendingBytesMax) {
        socket.destroy();
        return;
      }
      for (const request of requests.value) {
        void this.#answer(request).then((answer) => socket.write(renderGunicornFrame(answer)));
      }
    });
  }

  async #answer({ id, command, args }: GunicornRequest): Promise<object> {
    const words = splitWords(command);
    const parsed = words.ok ? parseGunicornCommand([...words.value, ...args]) : words;
    if (!parsed.ok) {
      return { id, status: 'error', error: parsed.fault };
    }
    return { id, status: 'ok', data: await this.#carryOut(parsed.value) };
  }

  async #carryOut(command: GunicornCommand): Promise<object> {
    switch (command.kind) {
      case 'show':
        return showToGunicorn(command.what, await this.#parts.supervisor.status.snapshot(), this.#settings);
      case 'help':
        return { commands: GUNICORN_HELP };
      case 'dirty':
        return { success: false, error: 'Dirty arbiter not running' };
      default:
        return this.#obey(command);
    }
  }

  #obey(order: Order): object {
    const { supervisor } = this.#parts;
    switch (order.kind) {
      case 'reload':
        supervisor.reloads.ask(WHY);
        return { status: 'reloading' };
      case 'reopen':
        supervisor.obey('reopen-logs', 'SIGUSR1');
        return { status: 'reopening' };
      case 'shutdown':
        supervisor.stop(order.mode === 'quick', WHY);
        return { status: 'shutting_down', mode: order.mode };
      case 'kill':
        return this.#kill(order.pid);
      default:
        return this.#scale(order);
    }
  }

  /** One application has all of gunicorn's workers. */
  get #app(): AppFleet | undefined {
    return [...this.#parts.supervisor.fleet.apps.values()].find(({ membership }) => membership === 'serving');
  }

  #scale({ kind, count }: Extract<Order, { kind: 'add' | 'remove' }>): object {
    const app = this.#app;
    const previous = app?.target ?? 0;
    const most = app === undefined ? previous : workersMax(app.settings);
    const total = Math.max(1, Math.min(most, kind === 'add' ? previous + count : previous - count));
    if (app !== undefined) {
      this.#parts.supervisor.command({ kind: 'set-workers', app: app.settings.id, workers: total });
    }
    return kind === 'add'
      ? { added: total - previous, previous, total }
      : { removed: previous - total, previous, total };
  }

  #kill(pid: number): object {
    const { supervisor } = this.#parts;
    const app = this.#app;
    const worker = [...(app?.workers.values() ?? [])].find((each) => each.pid === pid);
    if (app === undefined || worker === undefined) {
      return { success: false, error: `Worker ${pid} not found` };
    }
    supervisor.command({ kind: 'worker-retiring', app: app.settings.id, worker: worker.id, reason: WHY });
    return { success: true, killed: pid };
  }
}

function placeOf({ control_socket: named }: GunicornApp['settings'], { env, cwd }: OperationsParts['server']): string {
  if (typeof named === 'string' && named !== '') {
    return resolve(cwd, named);
  }
  const session = env['XDG_RUNTIME_DIR'] ?? '';
  return session === '' ? join(env['HOME'] || '/', '.gunicorn', 'gunicorn.ctl') : join(session, 'gunicorn.ctl');
}

/** A number, or a text as Python's `int(text, 0)` reads it, and `0660`. */
function modeOf(mode: unknown): number {
  const number = typeof mode === 'string' ? Number(mode.replace(/^0(?=\d)/, '0o')) : mode;
  return typeof number === 'number' && Number.isInteger(number) ? number & 0o777 : MODE;
}
