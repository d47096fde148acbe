/** Which server is asked next: what a request has of the peers of its upstream. How they are chosen is the balancing's. */

import type { Template } from '../config/model/template.ts';

/** One address of an upstream. */
export interface Peer {
  /** As logs and $upstream_addr have it: `127.0.0.1:8000`, `[::1]:80`, `unix:/run/app.sock`. */
  readonly name: string;
  readonly address: { readonly host: string; readonly port: number } | { readonly path: string };
  /** The name as it was configured, for TLS and Host: `app.internal`. */
  readonly host: string;
}

/** What balancing by keys and sticky sessions ask of a request. Latin-1. */
export interface PeerRequest {
  /** The address of the client that is believed. */
  readonly clientAddress: string;
  /** A value of a variable: of `sticky`. */
  variable(name: string): string | undefined;
  /** A text of the configuration: the key of `hash`, a domain of `sticky cookie`. */
  text(template: Template): string;
}

/** How an attempt ended. `failed` counts against the server; `unused`: it was not asked at all, or its client has left. */
export type PeerOutcome = 'succeeded' | 'failed' | 'unused';

export interface PeerTimes {
  readonly connectMs: number | undefined;
  readonly headMs: number | undefined;
  readonly wholeMs: number | undefined;
  /** When it was over, on the monotonic clock; undefined: now. */
  readonly endedMs?: number | undefined;
  /** Of the connection, for the page of upstreams. */
  readonly sentBytes: number;
  readonly receivedBytes: number;
}

/** Of one request. It remembers which peers were tried. */
export interface PeerChoice {
  /** How many peers may still be tried. */
  readonly triesLeft: number;
  /**
   * The next one, which counts the request as active until `release`. Undefined: none is live. 'full': all that are live have their `max_conns`. `nowMs`: where the caller knows it.
   */
  next(nowMs?: number): Peer | 'full' | undefined;
  /** Of a stream: the connection is there, which shows already that the server is well. */
  onConnected(): void;
  /** The head of the response has come after so long. At most once for each peer, before `release`. */
  onHead(headMs: number): void;
  /** Once for each peer. `status`: 0 where none came. True: the peer is taken for dead from now on, which the error log is told ("upstream server temporarily disabled"). */
  release(outcome: PeerOutcome, status: number, times: PeerTimes): boolean;
  /** Why there is no peer, for the error log; undefined: none is live. */
  readonly absence?: string | undefined;
  /** A field for the client of a response: of `sticky cookie`. */
  readonly setCookie: string | undefined;
}

export interface PeerGroup {
  /** Of the upstream: what $upstream_addr and the error log name where no peer is live. */
  readonly name: string;
  choose(request: PeerRequest): PeerChoice;
  /** Where requests wait for which `next` has said 'full'; undefined: they do not. */
  readonly queue: PeerQueue | undefined;
  /** Connections of this thread to its servers have become idle, or are idle no more. Where nobody looks at them, this is not there. */
  countIdle?(change: number): void;
}

export interface PeerQueue {
  /** `done` is called once and later: with the peer, as `next` would have given it; undefined: the time is over, or no peer is live any more. Undefined: the queue is full. */
  wait(choice: PeerChoice, done: (peer: Peer | undefined) => void): PeerWait | undefined;
}

export interface PeerWait {
  /** The request has ended meanwhile: `done` is not called any more. */
  leave(): void;
}
