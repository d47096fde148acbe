/** The zygotes of all generations that live, by generation. */

import type { FromZygote, ToZygote } from '../protocol/control/zygote.ts';
import { factOfZygote } from './child-facts.ts';
import type { Exit, FleetFact, Preload } from './fleet-types.ts';
import type { Log } from './log.ts';
import { openWorkerLog, relayOutput } from './output-relay.ts';
import type { Runtime, Site } from './prepare.ts';
import { findRuntime } from './prepare.ts';
import { explainProgram } from './python-program.ts';
import { ZygoteChild } from './zygote-child.ts';
import { startMessage } from './zygote-start.ts';

export class Zygotes {
  readonly #site: Site;
  readonly #log: Log;
  readonly #onFact: (fact: FleetFact) => void;
  readonly #children = new Map<number, ZygoteChild>();
  /** Of the workers that were asked for and whose log is not open yet. */
  readonly #names = new Map<number, string>();
  #pythonPath = '';

  constructor(site: Site, log: Log, onFact: (fact: FleetFact) => void) {
    this.#site = site;
    this.#log = log;
    this.#onFact = onFact;
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
      onExit: (cause) => void this.#onExit(generation, cause, hasSpoken ? undefined : runtime.value),
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

  /** One that ended without a word may not be the Python it ought to be. */
  async #onExit(generation: number, cause: Exit, suspect: Runtime | undefined): Promise<void> {
    this.#children.delete(generation);
    const error = suspect && (await explainProgram(suspect.interpreter.path, suspect.env));
    if (error !== undefined) {
      this.#onFact({ kind: 'zygote-load-failed', generation, error, traceback: '' });
    }
    this.#onFact({ kind: 'zygote-exited', generation, cause });
  }

  #openLog(child: ZygoteChild, { worker, pid, log }: Extract<FromZygote, { kind: 'spawned' }>): void {
    const name = this.#names.get(worker) ?? 'app';
    this.#names.delete(worker);
    try {
      relayOutput(openWorkerLog(log), () => ({ pid, name }), this.#log);
    } catch (error) {
      this.#log.say('error', `the output of worker ${name} (pid ${pid}) cannot be read: ${(error as Error).message}`);
    }
    child.send({ kind: 'log-opened', worker });
  }
}
