/** The process of a zygote: started, spoken to and listened to. It decides nothing. */

import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { systemClock } from '../../kernel/clock.ts';
import { JsonLines, renderLine } from '../../protocol/control/json-lines.ts';
import type { FromZygote, StartZygote, ToZygote } from '../../protocol/control/zygote.ts';
import { parseFromZygote } from '../../protocol/control/zygote.ts';
import type { Exit } from '../fleet/fleet-types.ts';
import { SUPERVISOR_LIMITS } from '../limits.ts';
import type { Log } from '../log/log.ts';
import { openWorkerLog, relayOutput } from '../log/output-relay.ts';
import type { Identity } from '../privileges.ts';
import { sendSignal, signalChild } from '../send-signal.ts';
import { behindStandard, commandAs } from '../start-as-user.ts';
import { MessageRate } from './message-rate.ts';

export interface ZygoteLaunch {
  readonly python: string;
  readonly program: string;
  readonly env: NodeJS.ProcessEnv;
  /** What the log calls it. */
  readonly name: string;
  readonly start: StartZygote;
  readonly identity: Identity | undefined;
}

export interface ZygoteEvents {
  onMessage(message: FromZygote): void;
  onFault(fault: string): void;
  /** Called once, when the process has ended or could not be started. */
  onExit(cause: Exit): void;
}

/** Stands for the zygote itself where messages have the number of a worker. */
const ZYGOTE_ITSELF = 0;

export class ZygoteChild {
  readonly #process: ChildProcess;
  /** Undefined if the process could not be started. */
  readonly #control: Duplex | undefined;
  readonly #events: ZygoteEvents;
  readonly #log: Log;
  readonly #name: string;
  readonly #identity: Identity | undefined;
  /** The pipe that the zygote has put in the place of its output. */
  #output: Socket | undefined;
  #hasEnded = false;
  #hasSpoken = false;
  #isStopped = false;

  constructor({ python, program, env, name, start, identity }: ZygoteLaunch, log: Log, events: ZygoteEvents) {
    this.#events = events;
    this.#log = log;
    this.#name = name;
    this.#identity = identity;
    const command = commandAs(identity, { program: python, args: ['-u', program], env, folder: start.chdir });
    const { cwd, firstDescriptor: control } = command;
    const inherited = numberInherited(start, control + 1);
    // A session of its own: Ctrl-C in the terminal is for us to hear, and to pass on in our own order.
    this.#process = spawn(command.program, [...command.args, String(control)], {
      cwd,
      env: command.env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', ...behindStandard(command, ['pipe', ...inherited.fds])],
    });
    // Where the kernel has no more descriptors for pipes, Node makes none, and says so later.
    const { stdout, stderr, stdio } = this.#process as Partial<ChildProcess>;
    for (const stream of [stdout, stderr]) {
      if (stream) {
        relayOutput(stream, () => ({ pid: this.pid, name }), log);
      }
    }
    // A pipe in both directions, by `stdio` above.
    this.#control = stdio?.[control] as Duplex | undefined;
    this.#watch(log);
    this.#listen();
    this.send(inherited.start);
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** The process has said something: it is a Python that can run our program. */
  get hasSpoken(): boolean {
    return this.#hasSpoken;
  }

  /** It was told to stop, or killed: what it has said before counts no longer. */
  get isStopped(): boolean {
    return this.#isStopped;
  }

  send(message: ToZygote): void {
    this.#isStopped ||= message.kind === 'stop';
    if (!this.#hasEnded && this.#control?.writable) {
      this.#control.write(renderLine(message));
    }
  }

  kill(): void {
    this.#isStopped = true;
    signalChild(this.#process, 'SIGKILL', this.#identity);
  }

  /** Kills the zygote and its workers, which are in the group that it leads. */
  killGroup(): void {
    this.#isStopped = true;
    if (this.pid !== 0 && !this.#hasEnded) {
      try {
        sendSignal(-this.pid, 'SIGKILL', this.#identity);
      } catch {
        this.kill();
      }
    }
  }

  /** Has the zygote write to its standard error where in the code it is. */
  dump(): void {
    signalChild(this.#process, 'SIGUSR2', this.#identity);
  }

  /**
   * A zygote has ended when its process has. A program that the application has started may hold the zygote's pipes for long, so their end is waited for a
   * moment only: the last words come before the news of the end.
   */
  #watch(log: Log): void {
    this.#process.on('error', (error) => {
      if (this.pid === 0) {
        this.#end({ code: null, signal: null, error: error.message });
      } else {
        log.say('error', `the process that loads the application (pid ${this.pid}): ${error.message}`);
      }
    });
    this.#process.on('exit', (code, signal) => {
      setTimeout(() => this.#end({ code, signal }), SUPERVISOR_LIMITS.lastWordsMs);
    });
    this.#process.on('close', (code, signal) => {
      if (this.#output === undefined || this.#output.destroyed) {
        this.#end({ code, signal });
      } else {
        this.#output.once('close', () => this.#end({ code, signal }));
      }
    });
  }

  #listen(): void {
    const lines = new JsonLines();
    const rate = new MessageRate(SUPERVISOR_LIMITS.messagesPerSecondMax, systemClock);
    this.#control?.on('data', (bytes: Buffer) => {
      const messages = lines.feed(bytes);
      let isTooMuch = false;
      for (const message of messages.ok ? messages.value : []) {
        this.#hasSpoken = true;
        isTooMuch ||= !rate.takes();
        const parsed = parseFromZygote(message);
        if (parsed.ok && parsed.value.kind === 'piped') {
          this.#openOutput(parsed.value);
        } else if (parsed.ok) {
          this.#events.onMessage(parsed.value);
        } else {
          this.#events.onFault(parsed.fault);
        }
      }
      if (!messages.ok) {
        this.#events.onFault(messages.fault);
        this.kill();
      }
      if (isTooMuch) {
        this.#readLater();
      }
    });
    // A broken wire is that of a zygote which has ended, and `exit` says how.
    this.#control?.on('error', () => undefined);
  }

  /** What more the zygote has to say waits in its socket, and then so does the zygote: whoever floods it takes no time from other applications. */
  #readLater(): void {
    this.#control?.pause();
    setTimeout(() => this.#control?.resume(), SUPERVISOR_LIMITS.messagePauseMs);
  }

  /** Opens the zygote's output from now on. Where that cannot be done, the zygote goes on with the streams that it was given. */
  #openOutput({ log, logInode }: Extract<FromZygote, { kind: 'piped' }>): void {
    try {
      this.#output = openWorkerLog(this.pid, log, logInode, this.#identity);
      relayOutput(this.#output, () => ({ pid: this.pid, name: this.#name }), this.#log);
      this.send({ kind: 'log-opened', worker: ZYGOTE_ITSELF });
    } catch (error) {
      this.#log.say('debug', `the output of the zygote is no pipe: ${(error as Error).message}`);
      this.send({ kind: 'relay-log', worker: ZYGOTE_ITSELF });
    }
  }

  #end(cause: Exit): void {
    if (!this.#hasEnded) {
      this.#hasEnded = true;
      this.#events.onExit(cause);
    }
  }
}

/** Puts the numbers that the descriptors have in the child into the message, and lists our descriptors in that order. */
export function numberInherited(
  start: StartZygote,
  first: number,
): { readonly start: StartZygote; readonly fds: readonly number[] } {
  const fds = [start.board, ...start.lanes.filter((lane) => typeof lane === 'number')];
  const number = (fd: number) => first + fds.indexOf(fd);
  const lanes = start.lanes.map((lane) => (typeof lane === 'number' ? number(lane) : lane));
  return { start: { ...start, board: number(start.board), lanes }, fds };
}
