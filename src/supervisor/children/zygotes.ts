/** The zygotes of an application: of all generations that live, by generation. */

import { PassThrough } from 'node:stream';
import type { App } from '../../config/model/app.ts';
import type { BesideStatus } from '../../protocol/control/beside-status.ts';
import type { Elsewhere, FromZygote, ToZygote } from '../../protocol/control/zygote.ts';
import type { CertificateKeeper } from '../certificate-keeper.ts';
import type { AppFact, Exit } from '../fleet/fleet-types.ts';
import { AskedTracebacks } from '../log/asked-tracebacks.ts';
import type { Log } from '../log/log.ts';
import { openWorkerLog, relayOutput } from '../log/output-relay.ts';
import type { LogNames } from '../log-names.ts';
import type { PreparedServer } from '../prepare.ts';
import type { Interpreter } from '../python/interpreter.ts';
import { explainProgram } from '../python/python-program.ts';
import type { Runtime } from '../runtime.ts';
import { findRuntime, placeOf } from '../runtime.ts';
import { factOfZygote } from './child-facts.ts';
import { LeftBehind } from './left-behind.ts';
import { killMember } from './process-session.ts';
import { ZygoteChild } from './zygote-child.ts';
import type { WantedZygote } from './zygote-start.ts';
import { startMessage } from './zygote-start.ts';

/** The exit codes of a zygote that has ended its own children: stopped, could not load, must not fork, found elsewhere (docs/control.md). */
const ORDERLY: ReadonlySet<number> = new Set([0, 3, 4, 5]);

/** Generations of which one may have workers: few live at a time. */
const LEADERS_MAX = 64;

export interface ZygotesParts {
  readonly log: Log;
  readonly names: LogNames;
  /** Of the configuration by which zygotes are started. */
  readonly certificates: () => CertificateKeeper;
  /** The application asks for it, where it is served in a manner that has words for that. */
  readonly onAsk: (what: 'reload' | 'stop') => void;
}

export class Zygotes {
  readonly #server: PreparedServer;
  readonly #app: App;
  readonly #log: Log;
  readonly #onFact: (fact: AppFact) => void;
  readonly #names: LogNames;
  readonly #certificates: () => CertificateKeeper;
  readonly #children = new Map<number, ZygoteChild>();
  /** Names of the workers that were asked for and whose log is not open yet, by number. */
  readonly #workers = new Map<number, string>();
  readonly #leftBehind: LeftBehind;
  /** Of the workers that live, by number: what takes the tracebacks out of their output that an operator has asked for. */
  readonly #asked = new Map<number, AskedTracebacks>();
  /** The output that a zygote reads for us, by worker. */
  readonly #relayed = new Map<number, { readonly child: ZygoteChild; readonly output: PassThrough }>();
  #python: Interpreter | undefined;
  readonly #onAsk: ZygotesParts['onAsk'];
  #beside: BesideStatus | undefined;
  /** The zygotes' numbers, by generation, of the last few: their workers are killed when they have ended themselves. */
  readonly #leaders = new Map<number, number>();
  /** Of the start before. */
  #warnings: readonly string[] = [];

  constructor(
    server: PreparedServer,
    app: App,
    { log, names, certificates, onAsk }: ZygotesParts,
    onFact: (fact: AppFact) => void,
  ) {
    this.#server = server;
    this.#app = app;
    this.#log = log;
    this.#onFact = onFact;
    this.#names = names;
    this.#certificates = certificates;
    this.#onAsk = onAsk;
    this.#leftBehind = new LeftBehind(log, server.identity);
  }

  /** Of those that live. */
  get pids(): readonly number[] {
    return [...this.#children.values()].map(({ pid }) => pid);
  }

  /** The processes beside the workers; undefined where there are none. */
  get beside(): BesideStatus | undefined {
    return this.#beside;
  }

  /** The Python of the zygote that was started last. */
  get pythonPath(): string {
    return this.#python?.path ?? '';
  }

  /** Where it was found, in words that follow its name; '' where everybody would look first. */
  get pythonOrigin(): string {
    return this.#python === undefined || this.#python.isPlain ? '' : this.#python.origin;
  }

  /** `moved`: a zygote of this generation has found the application in another folder than the one that it was started in. */
  start(generation: number, wanted: WantedZygote, moved?: Elsewhere): void {
    const { identity, zygoteProgram } = this.#server;
    const runtime = findRuntime(this.#app, placeOf(this.#app, this.#server, moved), identity);
    if (!runtime.ok) {
      this.#onFact({ kind: 'zygote-load-failed', generation, error: runtime.fault, traceback: '' });
      this.#onFact({ kind: 'zygote-exited', generation, cause: { code: null, signal: null } });
      return;
    }
    // What was said of the first place is not said again of the second.
    const said = moved === undefined ? [] : this.#warnings;
    this.#warnings = runtime.value.warnings;
    for (const warning of this.#warnings.filter((text) => !said.includes(text))) {
      this.#log.say('warning', `${this.#names.line}${warning}`);
    }
    const { env, interpreter } = runtime.value;
    this.#python = interpreter;
    const facts = { pythonFound: interpreter.origin, certificates: this.#certificates(), moved };
    const start = startMessage(this.#server, this.#app, wanted, facts);
    let elsewhere: Elsewhere | undefined;
    const names = { name: this.#names.zygote, identity };
    const launch = { python: interpreter.path, program: zygoteProgram, env, start, ...names };
    const child = new ZygoteChild(launch, this.#log, {
      onMessage: (message) => {
        if (message.kind === 'elsewhere') {
          elsewhere = message;
        } else if (message.kind === 'spawned') {
          this.#openLog(child, message);
        } else if (message.kind === 'output') {
          this.#relay(message);
        } else if (message.kind === 'beside') {
          this.#beside = message.status;
        } else if (message.kind === 'ask' && this.#app.uwsgi !== undefined) {
          this.#onAsk(message.what);
        } else if (message.kind === 'exited') {
          this.#workers.delete(message.worker);
          this.#asked.delete(message.worker);
        }
        const fact = factOfZygote(generation, message);
        if (fact !== undefined) {
          this.#onFact(fact);
        }
      },
      onFault: (fault) => this.#log.say('error', `${this.#names.line}the zygote says what is not understood: ${fault}`),
      onExit: (cause) => {
        this.#tidyUpAfter(child.pid, cause);
        if (elsewhere !== undefined && moved === undefined && !child.isStopped) {
          this.start(generation, wanted, elsewhere);
          return;
        }
        void this.#onExit(generation, cause, child.hasSpoken || !mayBeWrongPython(cause) ? undefined : runtime.value);
      },
    });
    this.#children.set(generation, child);
    this.#noteLeader(generation, child.pid);
  }

  #noteLeader(generation: number, pid: number): void {
    this.#leaders.set(generation, pid);
    const [oldest] = this.#leaders.keys();
    if (this.#leaders.size > LEADERS_MAX && oldest !== undefined) {
      this.#leaders.delete(oldest);
    }
  }

  /** A worker by the number that its zygote has said, which may be any. */
  killWorker(generation: number, pid: number): void {
    const leader = this.#leaders.get(generation) ?? 0;
    if (leader !== 0) {
      killMember(leader, pid, this.#server.identity);
    }
  }

  /** Undefined of a worker whose output is not read yet, or no longer. */
  askedOf(worker: number): AskedTracebacks | undefined {
    return this.#asked.get(worker);
  }

  send(generation: number, message: ToZygote): void {
    if (message.kind === 'spawn') {
      this.#workers.set(message.worker, message.name);
    }
    this.#children.get(generation)?.send(message);
  }

  /** To all that live. */
  sendAll(message: ToZygote): void {
    for (const child of this.#children.values()) {
      child.send(message);
    }
  }

  kill(generation: number): void {
    this.#children.get(generation)?.kill();
  }

  dump(generation: number): void {
    this.#children.get(generation)?.dump();
  }

  /** Kills all zygotes with their workers, and with what the application has started. */
  killAll(): void {
    for (const child of this.#children.values()) {
      child.killGroup();
    }
  }

  /** Ends what the zygotes have left behind, at the end of the server. */
  endRest(): Promise<void> {
    return this.#leftBehind.endAll();
  }

  /** Kills what `endRest` still waits for. */
  hurry(): void {
    this.#leftBehind.hurry();
  }

  #tidyUpAfter(pid: number, { code }: Exit): void {
    if (pid !== 0 && code !== null && ORDERLY.has(code)) {
      this.#leftBehind.note(pid);
    } else if (pid !== 0) {
      void this.#leftBehind.end(pid);
    }
  }

  /** A zygote that has ended without a word (`suspect`) may not be the Python it ought to be. */
  async #onExit(generation: number, cause: Exit, suspect: Runtime | undefined): Promise<void> {
    const child = this.#children.get(generation);
    this.#children.delete(generation);
    for (const [worker, relayed] of this.#relayed) {
      if (relayed.child === child) {
        this.#relay({ kind: 'output', worker, text: '' });
      }
    }
    const error =
      suspect &&
      (await explainProgram(suspect.interpreter.path, { env: suspect.env, identity: this.#server.identity }));
    if (error !== undefined) {
      this.#onFact({ kind: 'zygote-load-failed', generation, error, traceback: '' });
    }
    this.#onFact({ kind: 'zygote-exited', generation, cause });
  }

  /** Where there is no descriptor left, or no way to the zygote's descriptors, the zygote reads the pipe for us. */
  #openLog(child: ZygoteChild, { worker, pid, log, logInode }: Spawned): void {
    const name = this.#workers.get(worker) ?? this.#names.zygote;
    this.#workers.delete(worker);
    const asked = new AskedTracebacks();
    this.#asked.set(worker, asked);
    const origin = () => ({ pid, name });
    try {
      relayOutput(openWorkerLog(child.pid, log, logInode, this.#server.identity), origin, this.#log, asked);
      child.send({ kind: 'log-opened', worker });
    } catch (error) {
      this.#log.say('debug', `the output of ${name} comes through its zygote: ${(error as Error).message}`);
      const output = new PassThrough();
      this.#relayed.set(worker, { child, output });
      relayOutput(output, origin, this.#log, asked);
      child.send({ kind: 'relay-log', worker });
    }
  }

  #relay({ worker, text }: Extract<FromZygote, { kind: 'output' }>): void {
    const relayed = this.#relayed.get(worker);
    if (text !== '') {
      relayed?.output.write(Buffer.from(text, 'latin1'));
    } else {
      relayed?.output.end();
      this.#relayed.delete(worker);
    }
  }
}

type Spawned = Extract<FromZygote, { kind: 'spawned' }>;

/** Signals that are sent to a zygote, by us or by the kernel for want of memory. */
const SENT: ReadonlySet<string | null> = new Set(['SIGKILL', 'SIGUSR2']);

/** A process that was killed did run, and one that the kernel had no means to start says nothing of its Python. */
function mayBeWrongPython({ signal, error = 'ENOENT' }: Exit): boolean {
  return !SENT.has(signal) && /\b(?:ENOENT|EACCES|ENOEXEC)\b/.test(error);
}
