/** What stands in front of a connection that a balancer has made for its client (HAProxy's specification of the PROXY protocol, versions 1 and 2). */

/** One end of the client's connection. */
export interface ProxiedEnd {
  /** In the one form that logs compare. */
  readonly address: string;
  readonly port: string;
}

export interface ProxyHeader {
  readonly version: 1 | 2;
  /** Undefined: the balancer speaks for itself (LOCAL, a health check), or does not know its client, or has it by something else than TCP. */
  readonly source: ProxiedEnd | undefined;
  readonly destination: ProxiedEnd | undefined;
  /** What else version 2 tells (TLVs), as it came, in latin-1. It is looked into when somebody asks. */
  readonly extensions: string;
}

export const PROXY_PROTOCOL_LIMITS = {
  /** Of version 1, with its line end. */
  lineBytesMax: 107,
  /** Of version 2. Addresses take 52; the rest is for what balancers add: names of certificates, of hosts, and of the clouds' endpoints. nginx takes as much. */
  headerBytesMax: 4096,
} as const;

/** Each header of version 2 begins with it. */
export const SIGNATURE = '\r\n\r\n\0\r\nQUIT\n';
