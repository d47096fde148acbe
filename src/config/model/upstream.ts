/** Servers behind this one, which share requests or connections, and how they are found. */

import type { Template } from './template.ts';

/** Index in `EdgeModel.upstreams`. */
export type UpstreamId = number;

export interface Upstream {
  /** As `proxy_pass`, logs and $proxy_host name it. One that no block defines is named by its host, and its port unless that is the scheme's; or by `unix:` and a path. */
  readonly name: string;
  /** No block defines it: `proxy_pass http://127.0.0.1:8000`. */
  readonly isImplicit: boolean;
  readonly servers: readonly UpstreamServer[];
  readonly balancing: Balancing;
  /** Undefined: a connection is closed behind its response. */
  readonly keepAlive?: UpstreamKeepAlive;
  /** Of nginx's `zone`, for whoever looks it up; the numbers of each upstream are shared by all threads. */
  readonly zone?: string;
  readonly sticky?: Sticky;
  readonly healthCheck?: HealthCheck;
  /** Requests that may wait until a server may take one more (`max_conns`). */
  readonly queue?: { readonly requestsMax: number; readonly timeoutMs: number };
  /** By whom names are looked up while the server runs; undefined: at start alone, by the system. Index in `EdgeModel.resolvers`. */
  readonly resolver?: number;
}

/** A name stands for all its addresses, each of which is a peer. */
export interface UpstreamServer {
  /** As it was written, without its parameters: `app.internal`, `127.0.0.1:8000`, `unix:/run/app.sock`. Consistent hashing goes by it, as nginx's does. */
  readonly text: string;
  /** A name, or an IP address (IPv6 without brackets); an absolute path for a Unix socket. */
  readonly host: string;
  /** 0 for a Unix socket. */
  readonly port: number;
  readonly isUnix: boolean;
  readonly weight: number;
  /** 0: no limit. */
  readonly connectionsMax: number;
  /** 0: it is never taken for dead. */
  readonly failsMax: number;
  readonly failTimeoutMs: number;
  readonly slowStartMs: number;
  readonly isBackup: boolean;
  readonly isDown: boolean;
  /** Only those come that `sticky` sends to it. */
  readonly isDraining?: boolean;
  /** The name is looked up again when its addresses are too old. */
  readonly resolves: boolean;
  /** Of SRV records: `http` for `_http._tcp.HOST`; '' for none. */
  readonly service: string;
  /** Of `sticky route`; '' for none. */
  readonly route: string;
}

export type Balancing =
  | { readonly kind: 'round-robin' | 'least-conn' | 'ip-hash' }
  | { readonly kind: 'hash'; readonly key: Template; readonly isConsistent: boolean }
  | { readonly kind: 'least-time'; readonly until: TimedUntil; readonly countsUnfinished: boolean }
  /** `best`: of two the better one by this; undefined: any. */
  | { readonly kind: 'random'; readonly best: 'least-conn' | TimedUntil | undefined };

/** What of a response is waited for. `connect` and `first-byte`: of connections. */
export type TimedUntil = 'header' | 'last-byte' | 'connect' | 'first-byte';

export interface UpstreamKeepAlive {
  /** Idle connections that each edge thread keeps. */
  readonly connectionsMax: number;
  readonly requestsMax: number;
  readonly timeMs: number;
  readonly timeoutMs: number;
}

/** How a client finds its server again. */
export type Sticky =
  | {
      readonly kind: 'cookie';
      readonly name: string;
      /** Seconds; undefined: as long as the browser runs. 'max': until 2037. */
      readonly expires: number | 'max' | undefined;
      readonly domain: Template;
      readonly path: string;
      readonly flags: readonly string[];
      /** `strict`, `lax` or `none`; '' for none of them. What a text makes of it that is no such word is `strict`. */
      readonly sameSite?: Template;
    }
  /** The first of the variables that has a value names the `route` of a server. */
  | { readonly kind: 'route'; readonly variables: readonly string[] }
  /** Sessions that servers have made are remembered. */
  | {
      readonly kind: 'learn';
      readonly create: readonly string[];
      readonly lookup: readonly string[];
      readonly zone: string;
      readonly bytes: number;
      readonly timeoutMs: number;
      readonly atHeader: boolean;
    };

/** Requests of our own by which a server shows that it is well. */
export interface HealthCheck {
  /** Of memcached it is the key. Connecting is enough where there is none. */
  readonly uri: string | undefined;
  /**
   * As who passes something to this upstream it asks: by its protocol, parameters, fields and rules of TLS. Index in `EdgeModel.proxyPolicies`; of an upstream of
   * streams, in `Streams.servers`. Undefined: as the first that does.
   */
  readonly policy?: number;
  readonly intervalMs: number;
  readonly jitterMs: number;
  readonly timeoutMs: number;
  /** So many in a row, and it is ill, or well. */
  readonly fails: number;
  readonly passes: number;
  /** 0: that of the server. */
  readonly port: number;
  /** The value of Host; '': the upstream's name. */
  readonly host: string;
  /** Nobody is sent to a server before it has passed. */
  readonly isMandatory: boolean;
  readonly match: HealthMatch;
  /** Of an upstream of streams. Undefined: connecting is enough. */
  readonly dialogue?: HealthDialogue;
}

/** What is said to a server that has been connected to, and what it has to answer. */
export interface HealthDialogue {
  /** In latin-1; '': nothing. */
  readonly says: string;
  /** Undefined: anything, and nothing. */
  readonly expects?: HealthExpectation;
}

export interface HealthExpectation {
  /** With which the answer has to begin, in latin-1; or a regex for its beginning. */
  readonly text: string;
  readonly isRegex: boolean;
}

/** What is absent is not looked at. */
export interface HealthMatch {
  /** Ranges, both ends included. */
  readonly statuses: readonly (readonly [from: number, to: number])[];
  readonly statusesAreExcluded: boolean;
  readonly fields: readonly {
    readonly name: string;
    /** Undefined: it is there (or not). */
    readonly value?: string;
    readonly isRegex: boolean;
    readonly isNegated: boolean;
  }[];
  readonly body?: { readonly pattern: string; readonly isNegated: boolean };
}

/** Name servers that are asked while the server runs. */
export interface Resolver {
  /** Addresses with a port, or names of them. */
  readonly servers: readonly string[];
  /** How long answers are kept; undefined: as long as they say. */
  readonly validMs?: number;
  readonly asksIpv4: boolean;
  readonly asksIpv6: boolean;
  readonly timeoutMs: number;
}
