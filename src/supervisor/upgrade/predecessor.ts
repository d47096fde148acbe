/**
 * The server that has started this one, to be replaced by it: what it hands over, as a text in a variable, and what it is told of our start. It goes on serving
 * beside us until somebody ends one of the two.
 */

import { closeSync, writeSync } from 'node:fs';

/** Holds a `HandOver` as JSON. Whoever starts a program decides its environment: the variable is believed if the process that has set it is our parent. */
export const PREDECESSOR_VARIABLE = 'PORTICO_PREDECESSOR';

/** The sockets of one address. */
export interface InheritedSocket {
  /** One for each edge thread that the predecessor has, or one for all of them. */
  readonly fds: readonly number[];
  readonly kind: 'tcp' | 'udp' | 'unix';
  /** '' and 0 for a Unix socket. */
  readonly address: string;
  readonly port: number;
  readonly path: string;
  /** The address as the predecessor's configuration has it; '' if it names none. */
  readonly name: string;
  readonly isIpv6Only: boolean;
}

export interface HandOver {
  /** Process number of the predecessor. */
  readonly from: number;
  readonly sockets: readonly InheritedSocket[];
  /** A pipe to the predecessor, for lines of `Report`. */
  readonly reportFd: number;
  /** Of `ServiceManager`. */
  readonly notifyFd: number | null;
  readonly watchdogUs: number;
}

/** A line of JSON each. `runs`: clients are served. */
export type Report = { readonly kind: 'says'; readonly text: string } | { readonly kind: 'runs' };

export class Predecessor {
  readonly handOver: HandOver;
  #isTold = false;

  constructor(handOver: HandOver) {
    this.handOver = handOver;
  }

  /** Whether it has not ended: then its sockets and their paths are still its own. */
  get isThere(): boolean {
    return process.ppid === this.handOver.from;
  }

  /** What stands in the way of the start, for the predecessor's log. */
  say(text: string): void {
    this.#tell({ kind: 'says', text });
  }

  /** Nothing more is told. */
  tellRuns(): void {
    if (!this.#isTold) {
      this.#tell({ kind: 'runs' });
      this.#isTold = true;
      closeSync(this.handOver.reportFd);
    }
  }

  #tell(report: Report): void {
    if (this.#isTold) {
      return;
    }
    try {
      writeSync(this.handOver.reportFd, `${JSON.stringify(report)}\n`);
    } catch {
      // The predecessor has ended: nobody waits for it.
      return;
    }
  }
}

/** Undefined: nobody is to be replaced. */
export function readPredecessor(text: string | undefined, parent: number = process.ppid): Predecessor | undefined {
  if (text === undefined) {
    return undefined;
  }
  try {
    const handOver = JSON.parse(text) as HandOver;
    return handOver.from === parent ? new Predecessor(handOver) : undefined;
  } catch {
    return undefined;
  }
}
