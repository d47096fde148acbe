/** Tells the service manager how the server is: the protocol of sd_notify(3), one datagram for each message. */

import { writeSync } from 'node:fs';
import { machineUs } from '../kernel/clock.ts';

/** How long to wait for a service manager that has not read what was sent before. */
const RETRY_MS = 100;
/** Messages that may wait. A server sends a few in its life; more of them wait only if the service manager reads nothing, and are dropped. */
const PENDING_MAX = 16;
/** Characters of a status: the service manager shows one line. */
const STATUS_MAX = 200;

export type ServiceMessage =
  | { readonly kind: 'starting'; readonly limitMs: number }
  | { readonly kind: 'ready'; readonly status: string }
  | { readonly kind: 'reloading'; readonly limitMs: number }
  | { readonly kind: 'stopping'; readonly limitMs: number }
  /** Another process is the main one of the service from now on. */
  | { readonly kind: 'replaced'; readonly pid: number }
  | { readonly kind: 'alive' };

export interface NotifierOptions {
  readonly fd: number;
  onLost(fault: string): void;
  /** The system's own, except in tests. */
  readonly write?: (this: void, fd: number, text: string) => void;
  readonly nowUs?: () => bigint;
  readonly later?: (this: void, action: () => void, ms: number) => void;
}

export class ServiceNotifier {
  readonly #options: NotifierOptions;
  #pending: string[] = [];
  #isWaiting = false;
  #isLost = false;

  constructor(options: NotifierOptions) {
    this.#options = options;
  }

  tell(message: ServiceMessage): void {
    if (this.#isLost || this.#pending.length >= PENDING_MAX) {
      return;
    }
    this.#pending.push(render(message, (this.#options.nowUs ?? machineUs)()));
    if (!this.#isWaiting) {
      this.#flush();
    }
  }

  #flush(): void {
    const { fd, write = writeSync, later = setTimeout } = this.#options;
    this.#isWaiting = false;
    try {
      for (let next = this.#pending[0]; next !== undefined; next = this.#pending[0]) {
        write(fd, next);
        this.#pending.shift();
      }
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EAGAIN' || code === 'ENOBUFS') {
        this.#isWaiting = true;
        later(() => this.#flush(), RETRY_MS);
      } else {
        this.#isLost = true;
        this.#pending = [];
        this.#options.onLost(code ?? String(error));
      }
    }
  }
}

function render(message: ServiceMessage, nowUs: bigint): string {
  switch (message.kind) {
    case 'starting':
      return `STATUS=starting\n${extend(message.limitMs)}`;
    case 'ready':
      return `READY=1\nSTATUS=${oneLine(message.status)}\n`;
    case 'reloading':
      // With `Type=notify-reload` the time tells this reload from one that was asked for before.
      return `RELOADING=1\nMONOTONIC_USEC=${nowUs}\nSTATUS=reloading\n${extend(message.limitMs)}`;
    case 'stopping':
      return `STOPPING=1\nSTATUS=stopping: requests are finished\n${extend(message.limitMs)}`;
    case 'replaced':
      return `MAINPID=${message.pid}\n`;
    default:
      return 'WATCHDOG=1\n';
  }
}

/** Asks the service manager for as long as our own timeouts allow, so that a shorter timeout of the unit does not end us first. */
function extend(limitMs: number): string {
  return `EXTEND_TIMEOUT_USEC=${Math.ceil(limitMs) * 1000}\n`;
}

function oneLine(text: string): string {
  return text.slice(0, STATUS_MAX).replaceAll(/\p{Cc}/gu, ' ');
}
