/** Which servers were asked for a request, for variables and lines of logs. */

import type { Field } from '../../protocol/http/fields.ts';

/** One that was asked, once. */
export interface AskedServer {
  /** As $upstream_addr has it. */
  readonly peer: string;
  /** 0: none came. */
  readonly status: number;
  /** Undefined: it has not come so far. */
  readonly connectMs: number | undefined;
  readonly headMs: number | undefined;
  readonly wholeMs: number | undefined;
  readonly bodyBytes: number;
  readonly receivedBytes: number;
  readonly sentBytes: number;
}

const NO_FIELDS: readonly Field[] = [];
const NONE: readonly (AskedServer | undefined)[] = [];

export class AskedServers {
  /** Undefined: the request was sent to another location, and who follows was asked from there. */
  tries: readonly (AskedServer | undefined)[] = NONE;
  /** What stands before and behind the peer where a log names it: `http://`, `/path?query`. */
  scheme = '';
  target = '';
  /** Of the last response. */
  fields: readonly Field[] = NO_FIELDS;
  trailers: readonly Field[] = NO_FIELDS;

  /** Servers are asked, by another location than before if there are some already. */
  begin(scheme: string): void {
    if (this.tries.length > 0) {
      this.note(undefined);
    }
    this.scheme = scheme;
    this.target = '';
    this.fields = NO_FIELDS;
    this.trailers = NO_FIELDS;
  }

  note(server: AskedServer | undefined): void {
    // As a rule there is one: a list that grows has room for seventeen.
    this.tries = this.tries === NONE ? [server] : [...this.tries, server];
  }

  /** As nginx names it in its error log; '' before one was asked. */
  get url(): string {
    const peer = this.tries.at(-1)?.peer;
    if (peer === undefined) {
      return '';
    }
    return `${this.scheme}${peer}${peer.startsWith('unix:') ? ':' : ''}${this.target}`;
  }
}
