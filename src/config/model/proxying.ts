/** How requests are handed on to another server, and what is made of its answers. */

import type { Pattern, Template } from './template.ts';
import type { UpstreamId } from './upstream.ts';

export interface ProxyContent {
  readonly kind: 'proxy';
  readonly protocol: ProxyProtocol;
  /** Of a target whose scheme has a variable: false. */
  readonly tls: boolean;
  readonly to: ProxyTarget;
  /** Index in `EdgeModel.proxyPolicies`. */
  readonly policy: number;
}

export type ProxyProtocol = 'http' | 'uwsgi' | 'fastcgi' | 'scgi' | 'memcached';

export type ProxyTarget =
  | {
      readonly kind: 'upstream';
      readonly upstream: UpstreamId;
      /** As it was written, with a scheme: redirects of the server begin so (`redirects: ['default']`). */
      readonly url: string;
      /** The value of $proxy_host: with its port unless that is the scheme's; `localhost` for a Unix socket. */
      readonly host: string;
      /** What takes the place of the location's path in that of the request; undefined: the request's is handed on. It begins with a slash. */
      readonly uri: string | undefined;
    }
  /** Known when a request comes: as the directive has it, with a scheme for `http` and without one for others. It may come to the name of an upstream. */
  | { readonly kind: 'text'; readonly text: Template };

/** Sizes in bytes, times in milliseconds. */
export interface ProxyPolicy {
  readonly request: ProxyRequest;
  readonly connection: ProxyConnection;
  readonly retry: ProxyRetry;
  readonly response: ProxyResponse;
  /** Index in `EdgeModel.resolvers`. */
  readonly resolver?: number;
}

export interface ProxyRequest {
  readonly httpVersion: '1.0' | '1.1';
  readonly method?: Template;
  readonly body?: Template;
  readonly passesBody: boolean;
  readonly passesFields: boolean;
  /** The body is read whole before a server is asked. */
  readonly isBuffered: boolean;
  /** proxy_set_header: an empty value takes the field away. The defaults of the protocol are not among them. */
  readonly fields: readonly { readonly name: string; readonly value: Template }[];
  /** uwsgi_param, fastcgi_param, scgi_param. `ifNotEmpty`: left away where it is empty. */
  readonly parameters: readonly { readonly name: string; readonly value: Template; readonly ifNotEmpty: boolean }[];
  readonly uwsgi?: { readonly modifier1: number; readonly modifier2: number; readonly packet?: string };
  readonly fastcgi?: {
    readonly index: string;
    readonly splitsPath?: Pattern;
    readonly keepsConnection: boolean;
    /** Texts on the error output that make a response a fault. */
    readonly faults: readonly string[];
  };
  readonly memcachedGzipFlag?: number;
}

export interface ProxyConnection {
  readonly connectMs: number;
  readonly sendMs: number;
  readonly readMs: number;
  /** The own address, perhaps with a port; '' for any. */
  readonly bind: Template;
  readonly probes: boolean;
  /** Without an answer the server is asked no longer than its client waits, unless it is to go on. */
  readonly ignoresClientAbort: boolean;
  readonly tls?: UpstreamTls;
}

export interface UpstreamTls {
  /** Which name the certificate has to have, and the server is told (SNI). A port behind it does not count. '': the host of the target. */
  readonly name: Template;
  readonly sendsName: boolean;
  readonly verifies: boolean;
  readonly depth: number;
  readonly trustedFile: string;
  readonly crlFile: string;
  readonly certFile: Template;
  readonly keyFile: Template;
  readonly passwordFile: string;
  readonly ciphers: string;
  /** Groups of the key exchange, and algorithms of signatures, as OpenSSL names them, with colons between them; '': its own. */
  readonly curves: string;
  readonly signatures: string;
  /** Empty: those that are spoken. */
  readonly protocols: readonly string[];
  readonly reusesSessions: boolean;
}

export interface ProxyRetry {
  /** nginx's words: error, timeout, invalid_header, http_500, non_idempotent … None is `off`. */
  readonly causes: readonly string[];
  /** 0: no limit. */
  readonly triesMax: number;
  readonly timeoutMs: number;
}

export interface ProxyResponse {
  /** The server is freed before the client has everything. */
  readonly isBuffered: boolean;
  readonly headBytesMax: number;
  /** What a response may take of memory, beside its head. */
  readonly bufferBytesMax: number;
  readonly fileBytesMax: number;
  readonly rate?: Template;
  /** In lower case: fields that are not passed on, and those that are not obeyed. */
  readonly hides: readonly string[];
  readonly ignores: readonly string[];
  readonly passesTrailers: boolean;
  readonly interceptsErrors: boolean;
  readonly forcesRanges: boolean;
  /** `default`: from the address that was asked to the location's. In their order; the first that fits. */
  readonly redirects: readonly ('default' | Replacement)[];
  readonly cookieDomains: readonly Replacement[];
  readonly cookiePaths: readonly Replacement[];
  readonly cookieFlags: readonly { readonly cookie: Replaced; readonly flags: readonly Template[] }[];
}

export interface Replacement {
  readonly from: Replaced;
  readonly to: Template;
}

export type Replaced = { readonly text: Template } | { readonly pattern: Pattern };
