// Clients that are open at the same time, and what they do together.

import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../src/kernel/clock.ts';
import { WebsocketClient } from './websocket-client.ts';
import type { Run, Scene } from './websocket-runs.ts';
import { startRun } from './websocket-runs.ts';

export interface CrowdOptions {
  readonly port: number;
  readonly scene: Scene;
  readonly clients: number;
}

export interface CrowdResult {
  /** That have come back. */
  readonly messages: number;
  /** Until the last of them had. */
  readonly seconds: number;
  /** Processor time of this process. */
  readonly cpuSeconds: number;
  /** Empty when nothing went wrong. */
  readonly faults: string;
}

/** Handshakes at a time: fewer than the shortest backlog among the servers, which is 50. */
const OPENING_MAX = 32;
const OPEN_TIMEOUT_MS = 20_000;
/** For the answers that are still to come when a run is told to end. */
const ANSWER_TIMEOUT_MS = 10_000;
const CLOSE_TIMEOUT_MS = 2_000;
const MS_PER_SECOND = 1000;
const US_PER_SECOND = 1e6;

export class WebsocketCrowd {
  readonly #options: CrowdOptions;
  readonly #clients: WebsocketClient[] = [];
  #openCount = 0;
  #closedCount = 0;
  #run: Run | undefined;
  #fault = '';
  /** Called when something has happened that somebody waits for. */
  #onChange: () => void = () => undefined;

  private constructor(options: CrowdOptions) {
    this.#options = options;
  }

  /** Rejects with the first thing that went wrong. */
  static async open(options: CrowdOptions): Promise<WebsocketCrowd> {
    const crowd = new WebsocketCrowd(options);
    for (let count = 0; count < Math.min(OPENING_MAX, options.clients); count += 1) crowd.#openNext();
    const isDone = await crowd.#waitFor(() => crowd.#openCount === options.clients, OPEN_TIMEOUT_MS);
    if (!isDone || crowd.#fault !== '') {
      for (const client of crowd.#clients) client.destroy();
      throw new Error(`${crowd.#openCount} of ${options.clients} clients are connected: ${crowd.#fault || 'timeout'}`);
    }
    return crowd;
  }

  async run(seconds: number): Promise<CrowdResult> {
    const run = startRun(this.#options.scene, this.#clients);
    this.#run = run;
    const beganMs = systemClock.monotonicMs();
    const cpuBegan = process.cpuUsage();
    run.begin();
    await this.#waitFor(() => false, seconds * MS_PER_SECOND);
    run.end();
    const isDone = await this.#waitFor(() => run.isOver, ANSWER_TIMEOUT_MS);
    const { user, system } = process.cpuUsage(cpuBegan);
    this.#run = undefined;
    return {
      messages: run.messages,
      seconds: (systemClock.monotonicMs() - beganMs) / MS_PER_SECOND,
      cpuSeconds: (user + system) / US_PER_SECOND,
      faults: isDone ? this.#fault : 'answers are missing',
    };
  }

  /** By the closing handshake, so that the server is rid of all of them when this resolves. */
  async close(): Promise<void> {
    for (const client of this.#clients) client.close();
    this.#fault = '';
    await this.#waitFor(() => this.#closedCount === this.#clients.length, CLOSE_TIMEOUT_MS);
    for (const client of this.#clients) client.destroy();
  }

  #openNext(): void {
    if (this.#clients.length === this.#options.clients) return;
    const { port, scene } = this.#options;
    const client = new WebsocketClient({
      port,
      path: `/${scene}`,
      onOpen: () => {
        this.#openCount += 1;
        this.#openNext();
        if (this.#openCount === this.#options.clients) this.#onChange();
      },
      onMessage: (from, payload) => {
        const fault = this.#run?.take(from, payload);
        if (fault !== undefined) this.#fail(fault);
        else if (this.#run?.isOver === true) this.#onChange();
      },
      onFault: (fault) => {
        this.#fail(fault);
      },
      onClosed: () => {
        this.#closedCount += 1;
        this.#onChange();
      },
    });
    this.#clients.push(client);
  }

  #fail(fault: string): void {
    if (this.#fault === '') this.#fault = fault;
    this.#onChange();
  }

  /** Until something is so, something goes wrong, or time is up; false then. */
  async #waitFor(isSo: () => boolean, timeoutMs: number): Promise<boolean> {
    const isSettled = (): boolean => isSo() || this.#fault !== '';
    if (isSettled()) return true;
    const timer = new AbortController();
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.#onChange = () => {
      if (isSettled()) resolve(true);
    };
    const timeout = sleep(timeoutMs, false, { signal: timer.signal }).catch(() => true);
    const isDone = await Promise.race([promise, timeout]);
    this.#onChange = () => undefined;
    timer.abort();
    return isDone;
  }
}
