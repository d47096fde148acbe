// The load from the harness's side: a process with clients that are open, which runs when it is told.

import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Order, Report } from './websocket-clients.ts';
import type { CrowdOptions, CrowdResult } from './websocket-crowd.ts';

const PROGRAM = join(import.meta.dirname, 'websocket-clients.ts');
/** Beyond the seconds of a run, and for what has limits of its own in the other process. */
const REPORT_TIMEOUT_MS = 30_000;

export class WebsocketLoad {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Resolves when all clients are connected. */
  static async start(options: CrowdOptions): Promise<WebsocketLoad> {
    const load = new WebsocketLoad(fork(PROGRAM, [JSON.stringify(options)]));
    try {
      await load.#nextReport(REPORT_TIMEOUT_MS);
    } catch (error) {
      load.#child.kill('SIGKILL');
      throw error;
    }
    return load;
  }

  async run(seconds: number): Promise<CrowdResult> {
    this.#order({ kind: 'run', seconds });
    const report = await this.#nextReport(seconds * 1000 + REPORT_TIMEOUT_MS);
    if (report.kind !== 'ran') throw new Error(`the load reported ${report.kind}`);
    return report.result;
  }

  /** Resolves when the process has ended. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), REPORT_TIMEOUT_MS);
    this.#order({ kind: 'close' });
    await ended;
    clearTimeout(timer);
  }

  #order(order: Order): void {
    // One that has ended is noticed by whoever waits for its report, or for its end.
    if (this.#child.connected) this.#child.send(order);
  }

  async #nextReport(timeoutMs: number): Promise<Exclude<Report, { kind: 'failed' }>> {
    const stop = new AbortController();
    const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(timeoutMs)]);
    const ended = once(this.#child, 'exit', { signal }).then(() => {
      throw new Error('the load has ended');
    });
    try {
      // What websocket-clients.ts sends.
      const [report] = (await Promise.race([once(this.#child, 'message', { signal }), ended])) as [Report];
      if (report.kind === 'failed') throw new Error(report.fault);
      return report;
    } finally {
      stop.abort();
      // It is aborted with the rest; a race that is lost leaves its rejection to nobody.
      ended.catch((error: unknown) => error);
    }
  }
}
