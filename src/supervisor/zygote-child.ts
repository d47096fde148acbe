/** The process of a zygote: started, spoken to and listened to. It decides nothing. */

import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import type { Duplex, Readable } from 'node:stream';
import { JsonLines, renderLine } from '../protocol/control/json-lines.ts';
import type { FromZygote, StartZygote, ToZygote } from '../protocol/control/zygote.ts';
import { parseFromZygote } from '../protocol/control/zygote.ts';
import type { Exit } from './fleet-types.ts';
import type { Log } from './log.ts';
import { relayOutput } from './output-relay.ts';

export interface ZygoteLaunch {
  readonly python: string;
  readonly program: string;
  readonly env: NodeJS.ProcessEnv;
  readonly start: StartZygote;
}

export interface ZygoteEvents {
  onMessage(message: FromZygote): void;
  onFault(fault: string): void;
  /** Once, at the end; also when it could not be started. */
  onExit(cause: Exit): void;
}

const CONTROL_INDEX = 3;

export class ZygoteChild {
  readonly #process: ChildProcess;
  readonly #control: Duplex;
  readonly #events: ZygoteEvents;
  #hasEnded = false;

  constructor({ python, program, env, start }: ZygoteLaunch, log: Log, events: ZygoteEvents) {
    this.#events = events;
    // A session of its own: Ctrl-C in the terminal is for us to hear, and to pass on in our own order.
    this.#process = spawn(python, ['-u', program], {
      cwd: start.chdir,
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
    // A pipe of ours, in both directions, by the line above.
    this.#control = this.#process.stdio[CONTROL_INDEX] as Duplex;
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      relayOutput(stream as Readable, () => ({ pid: this.pid, name: 'app' }), log);
    }
    this.#process.on('error', () => this.#end({ code: null, signal: null }));
    this.#process.on('close', (code, signal) => this.#end({ code, signal }));
    this.#listen();
    this.send(start);
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  send(message: ToZygote): void {
    if (!this.#hasEnded && this.#control.writable) {
      this.#control.write(renderLine(message));
    }
  }

  kill(): void {
    this.#process.kill('SIGKILL');
  }

  #listen(): void {
    const lines = new JsonLines();
    this.#control.on('data', (bytes: Buffer) => {
      const messages = lines.feed(bytes);
      for (const message of messages.ok ? messages.value : []) {
        const parsed = parseFromZygote(message);
        if (parsed.ok) {
          this.#events.onMessage(parsed.value);
        } else {
          this.#events.onFault(parsed.fault);
        }
      }
      if (!messages.ok) {
        this.#events.onFault(messages.fault);
        this.kill();
      }
    });
    // It has ended, and `close` says how.
    this.#control.on('error', () => undefined);
  }

  #end(cause: Exit): void {
    if (!this.#hasEnded) {
      this.#hasEnded = true;
      this.#events.onExit(cause);
    }
  }
}
