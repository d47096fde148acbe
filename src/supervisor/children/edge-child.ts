/** The process of the edge: started with the listening sockets, spoken to over Node's channel. When the channel closes it ends. */

import type { ChildProcess, SendHandle } from 'node:child_process';
import { spawn } from 'node:child_process';
import { systemClock } from '../../kernel/clock.ts';
import { failure } from '../../kernel/outcome.ts';
import type { ConfigureEdge, FromEdge, GiveSocket, ToEdge } from '../../protocol/control/edge.ts';
import { packToEdge, parseFromEdge, SERVER_STDERR } from '../../protocol/control/edge.ts';
import type { Exit } from '../fleet/fleet-types.ts';
import { SUPERVISOR_LIMITS } from '../limits.ts';
import type { Log } from '../log/log.ts';
import { relayOutput } from '../log/output-relay.ts';
import type { Identity } from '../privileges.ts';
import { mayAct } from '../privileges.ts';
import { signalChild } from '../send-signal.ts';
import type { SocketHandle } from '../sockets/socket-handle.ts';
import { EDGE_AS_USER, userFor } from '../start-as-user.ts';
import { MessageRate } from './message-rate.ts';

export interface EdgeEvents {
  onMessage(message: FromEdge): void;
  /** Called once, when the process has ended or could not be started. */
  onExit(cause: Exit): void;
}

export interface EdgeLaunch {
  /** Ours, or one of a test, which root does not start for a user. */
  readonly program: string;
  readonly identity: Identity | undefined;
}

/** 0 to 2 are the standard ones, 3 is the channel. */
const FIRST_INHERITED = SERVER_STDERR;
const STDERR_FD = 2;
/**
 * An application has the same user, and may send signals. In the moment before the edge handles USR1, that signal would open
 * the debugger, and by it the keys of TLS.
 */
const NO_DEBUGGER = '--disable-sigusr1';

export class EdgeChild {
  readonly #process: ChildProcess;
  readonly #identity: Identity | undefined;
  readonly #events: EdgeEvents;
  readonly #rate = new MessageRate(SUPERVISOR_LIMITS.messagesPerSecondMax, systemClock);
  #isRefused = false;
  #hasEnded = false;

  constructor({ program, identity }: EdgeLaunch, configure: ConfigureEdge, log: Log, events: EdgeEvents) {
    this.#events = events;
    this.#identity = identity;
    const inherited = numberInherited(configure);
    const isForUser = mayAct(identity);
    const words = isForUser ? [NO_DEBUGGER, EDGE_AS_USER, userFor(identity, '/')] : [program];
    const env = edgeEnvironment(process.env, configure.model.edge.threads);
    this.#process = spawn(process.execPath, [...process.execArgv, ...words], {
      detached: true,
      env,
      // The edge writes to our standard output, for an access log that goes there.
      stdio: ['ignore', 'inherit', 'pipe', 'ipc', ...inherited.fds],
    });
    // Where the kernel has no more descriptors for pipes, Node makes none, and says so later.
    const { stderr } = this.#process as Partial<ChildProcess>;
    if (stderr) {
      relayOutput(stderr, () => ({ pid: this.pid, name: 'edge' }), log);
    }
    this.#process.on('error', (error) => {
      if (this.pid === 0) {
        this.#end({ code: null, signal: null, error: error.message });
      } else {
        log.say('error', `the edge process (pid ${this.pid}): ${error.message}`);
      }
    });
    this.#process.on('exit', (code, signal) => this.#end({ code, signal }));
    this.#process.on('message', (message, handle) => this.#onMessage(message, handle, log));
    this.send(inherited.configure);
  }

  /** The edge speaks with strangers. One that says what our program does not say, or much more of it, is ours no longer, and another takes its place. */
  #onMessage(message: unknown, handle: unknown, log: Log): void {
    if (this.#isRefused) {
      return;
    }
    // A socket that comes with a message would take a descriptor of ours.
    const parsed = handle === undefined ? parseFromEdge(message) : failure('a message with a handle');
    if (parsed.ok && this.#rate.takes()) {
      this.#events.onMessage(parsed.value);
      return;
    }
    this.#isRefused = true;
    const why = parsed.ok ? 'more than it has reason to' : parsed.fault;
    log.say('error', `the edge process (pid ${this.pid}) says ${why}: it is killed`);
    this.kill();
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** False: it hears nothing any more. */
  send(message: ToEdge): boolean {
    if (this.#process.connected) {
      // A channel that breaks is no news: `exit` follows.
      this.#process.send(packToEdge(message), () => undefined);
    }
    return this.#process.connected;
  }

  /** The handle stays ours as well. */
  sendSocket(message: GiveSocket, handle: SocketHandle): void {
    if (this.#process.connected) {
      // Node sends handles of its own bound sockets too, which its types leave out.
      this.#process.send(message, handle as unknown as SendHandle, { keepOpen: true }, () => undefined);
    }
  }

  kill(): void {
    signalChild(this.#process, 'SIGKILL', this.#identity);
  }

  #end(cause: Exit): void {
    if (!this.#hasEnded) {
      this.#hasEnded = true;
      this.#events.onExit(cause);
    }
  }
}

/**
 * What Node and its libraries need. Everything else is the application's: its secrets have no business in the process that speaks
 * with strangers.
 */
const OF_EDGE = ['TZ', 'TZDIR', 'LANG', 'LC_ALL', 'NODE_COMPILE_CACHE'];
/**
 * By itself the C library's allocator makes an arena for each thread that allocates, and the threads in which V8 compiles leave a megabyte in each.
 * So there are as many as edge threads. Measured: 1.5 of 21 MB less after load, and no more work a request. Other C libraries do not know the name.
 */
const ARENAS = 'MALLOC_ARENA_MAX';

export function edgeEnvironment(own: NodeJS.ProcessEnv, edgeThreads: number): NodeJS.ProcessEnv {
  const inherited = Object.entries(own).filter(([name]) => OF_EDGE.includes(name));
  return { ...Object.fromEntries(inherited), [ARENAS]: String(edgeThreads) };
}

/** Puts the numbers that the descriptors have in the child into the message, and lists our descriptors in that order. */
export function numberInherited(configure: ConfigureEdge): {
  readonly configure: ConfigureEdge;
  readonly fds: readonly number[];
} {
  // The first, so that its number is known (`SERVER_STDERR`).
  const fds: number[] = [STDERR_FD];
  const number = (fd: number) => FIRST_INHERITED + fds.push(fd) - 1;
  const listeners = configure.listeners.map((listener) => ({ ...listener, fds: listener.fds.map(number) }));
  const lanes = configure.lanes.map(number);
  const board = number(configure.board);
  const logs = configure.logs.map((fd) => (fd === null ? null : number(fd)));
  const hiddenLogs = configure.hiddenLogs.map(({ path, fd }) => ({ path, fd: number(fd) }));
  return { configure: { ...configure, listeners, lanes, board, logs, hiddenLogs }, fds };
}
