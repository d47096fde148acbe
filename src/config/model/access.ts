/** Who may ask, and how often: the rules that stand before any content. */

import type { Template } from './template.ts';

/** The first rule that fits the client's address decides. */
export interface AddressRule {
  readonly allows: boolean;
  /** An IP address, a CIDR block, `unix:`, or `all`. */
  readonly from: string;
}

export interface BasicAuth {
  readonly realm: Template;
  readonly userFile: Template;
  /** Ends with a slash. Where names of `userFile` are that begin with a variable, and come out without a slash in front. */
  readonly userFolder?: string;
}

/** A subrequest decides: 2xx lets the request through, 401 and 403 are passed on, anything else is an error. */
export interface AuthRequest {
  readonly uri: Template;
  readonly sets: readonly { readonly variable: string; readonly value: Template }[];
}

/** A place in a zone of limit_req. */
export interface RequestRate {
  readonly zone: string;
  readonly burst: number;
  /** Requests of the burst that are not delayed; `all` for nodelay. */
  readonly delayAfter: number | 'all';
}

export interface ConnectionCount {
  readonly zone: string;
  readonly max: number;
}

/** What is answered, and logged, when a limit of either kind is reached. */
export interface LimitManner {
  readonly status: number;
  readonly logLevel: 'info' | 'notice' | 'warn' | 'error';
  /** The limit is only counted and logged. */
  readonly isDry: boolean;
}

export interface RealIp {
  /** Peers that are believed: addresses, CIDR blocks, `unix:`, names. */
  readonly from: readonly string[];
  /** A field in lower case, or what the PROXY protocol said. */
  readonly source: { readonly kind: 'field'; readonly name: string } | { readonly kind: 'proxy-protocol' };
  /** Trusted addresses at the end of the field are passed over. */
  readonly isRecursive: boolean;
}

/** Decides $invalid_referer. */
export interface ValidReferers {
  readonly allowsNone: boolean;
  readonly allowsBlocked: boolean;
  readonly allowsServerNames: boolean;
  /** Names with wildcards and paths, or regexes with a tilde in front. */
  readonly names: readonly string[];
}

/** Decides $secure_link and $secure_link_expires. */
export type SecureLink =
  | { readonly kind: 'expression'; readonly link: Template; readonly hashed: Template }
  | { readonly kind: 'secret'; readonly secret: string };

/** Memory that all edge threads share, by which requests or connections with one key are counted. */
export interface Zone {
  readonly name: string;
  readonly kind: 'requests' | 'connections';
  readonly key: Template;
  readonly bytes: number;
  /** Requests in 1000 seconds, so that 1 r/m is a whole number; 0 for connections. */
  readonly ratePerKilosecond: number;
}
