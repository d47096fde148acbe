/** The zygotes of all generations that live, by generation. */

import type { FromZygote, ToZygote } from '../protocol/control/zygote.ts';
import { factOfZygote } from './child-facts.ts';
import type { Exit, FleetFact, Preload } from './fleet-types.ts';
import { LeftBehind } from './left-behind.ts';
import { SUPERVISOR_LIMITS } from './limits.ts';
import type { Log } from './log.ts';
import { openWorkerLog, relayOutput } from './output-relay.ts';
import type { Runtime, Site } from './prepare.ts';
import { findRuntime } from './prepare.ts';
import { explainProgram } from './python-program.ts';
import { ZygoteChild } from './zygote-child.ts';
import { startMessage } from './zygote-start.ts';

/** The exit codes of a zygote that has ended its own children: stopped, could not load, must not fork (docs/control.md). */
const ORDERLY: ReadonlySet<number> = new Set([0, 3, 4]);

export class Zygotes {
  readonly #site: Site;
  readonly #log: Log;
  readonly #onFact: (fact: FleetFact) => void;
  readonly #children = new Map<number, ZygoteChild>();
  /** Of the workers that live, were asked for, and whose log is not open yet. */
  readonly #names = new Map<number, string>();
  readonly #leftBehind: LeftBehind;
  #pythonPath = '';

  constructor(site: Site, log: Log, onFact: (fact: FleetFact) => void) {
    this.#site = site;
    this.#log = log;
    this.#onFact = onFact;
    this.#leftBehind = new LeftBehind(log);
  }

  /** Of the last that was started. */
  get pythonPath(): string {
    return this.#pythonPath;
  }

  start(generation: number, preload: Preload): void {
    const { model, identity, zygoteProgram } = this.#site;
    const runtime = findRuntime(model, this.#site, identity);
    if (!runtime.ok) {
      this.#onFact({ kind: 'zygote-load-failed', generation, error: runtime.fault, traceback: '' });
      this.#onFact({ kind: 'zygote-exited', generation, cause: { code: null, signal: null } });
      return;
    }
    for (const warning of runtime.value.warnings) {
      this.#log.say('warning', warning);
    }
    const { env, interpreter } = runtime.value;
    this.#pythonPath = interpreter.path;
    let hasSpoken = false;
    const start = startMessage(this.#site, preload, interpreter.origin);
    const launch = { python: interpreter.path, program: zygoteProgram, env, start };
    const child = new ZygoteChild(launch, this.#log, {
      onMessage: (message) => {
        hasSpoken = true;
        if (message.kind === 'spawned') {
          this.#openLog(child, message);
        } else if (message.kind === 'exited') {
          this.#names.delete(message.worker);
        }
        this.#onFact(factOfZygote(generation, message));
      },
      onFault: (fault) => this.#log.say('error', `the zygote says what is not understood: ${fault}`),
      onExit: (cause) => {
        this.#tidyUpAfter(child.pid, cause);
        void this.#onExit(generation, cause, hasSpoken || !mayBeWrongPython(cause) ? undefined : runtime.value);
      },
    });
    this.#children.set(generation, child);
  }

  send(generation: number, message: ToZygote): void {
    if (message.kind === 'spawn') {
      this.#names.set(message.worker, message.name);
    }
    this.#children.get(generation)?.send(message);
  }

  kill(generation: number): void {
    this.#children.get(generation)?.kill();
  }

  dump(generation: number): void {
    this.#children.get(generation)?.dump();
  }

  /** With their workers, and with what the application has started. */
  killAll(): void {
    for (const child of this.#children.values()) {
      child.killGroup();
    }
  }

  /** Ends what they have left behind, at the end of the server. */
  endRest(): Promise<void> {
    return this.#leftBehind.endAll();
  }

  /** … without waiting for those who need time. */
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

  /** One that ended without a word may not be the Python it ought to be. */
  async #onExit(generation: number, cause: Exit, suspect: Runtime | undefined): Promise<void> {
    this.#children.delete(generation);
    const error = suspect && (await explainProgram(suspect.interpreter.path, suspect.env));
    if (error !== undefined) {
      this.#onFact({ kind: 'zygote-load-failed', generation, error, traceback: '' });
    }
    this.#onFact({ kind: 'zygote-exited', generation, cause });
  }

  #openLog(child: ZygoteChild, spawned: Spawned): void {
    const { worker, pid, log } = spawned;
    const name = this.#names.get(worker) ?? 'app';
    try {
      relayOutput(openWorkerLog(log), () => ({ pid, name }), this.#log);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      this.#log.say('error', `the output of worker ${name} (pid ${pid}) cannot be read: ${message}`);
      if (code === 'EMFILE' || code === 'ENFILE') {
        this.#openLogLater(child, spawned);
        return;
      }
    }
    this.#names.delete(worker);
    child.send({ kind: 'log-opened', worker });
  }

  /** Until then the zygote holds the pipe open, so that the worker can write. */
  #openLogLater(child: ZygoteChild, spawned: Spawned): void {
    setTimeout(() => {
      if (this.#names.has(spawned.worker)) {
        this.#openLog(child, spawned);
      }
    }, SUPERVISOR_LIMITS.outputRetryMs).unref();
  }
}

type Spawned = Extract<FromZygote, { kind: 'spawned' }>;

/** One that was killed did run, and one for which the kernel had no means says nothing of Python. */
function mayBeWrongPython({ signal, error = 'ENOENT' }: Exit): boolean {
  return signal !== 'SIGKILL' && /\b(?:ENOENT|EACCES|ENOEXEC)\b/.test(error);
}
