/**
 * The one description of a running server. Command lines, portico.toml, nginx's files and those of other servers are read into it; whoever runs it does not
 * know which it was. Plain JSON: it can be printed, compared, and sent to another process as it is. Paths of files and folders are absolute.
 */

import type { BindAddress } from '../bind-address.ts';
import type { Zone } from './access.ts';
import type { App, EdgeApp } from './app.ts';
import type { CharsetMap } from './bodies.ts';
import type { ConnectionRules } from './connection.ts';
import type { Content } from './content.ts';
import type { TypeMap } from './files.ts';
import type { Instruction, ScopeId } from './instruction.ts';
import type { Listening } from './listening.ts';
import type { ErrorLog, LogTarget } from './logs.ts';
import type { ProxyPolicy } from './proxying.ts';
import type { Scope } from './scope.ts';
import type { ClientRules, SiteTls } from './site-tls.ts';
import type { Streams } from './stream.ts';
import type { Pattern } from './template.ts';
import type { Resolver, Upstream } from './upstream.ts';
import type { UpstreamTlsFiles } from './upstream-tls-files.ts';
import type { DefinedVariable } from './variables.ts';

export interface ServerModel extends Omit<EdgeModel, 'apps' | 'sites' | 'isDevelopment' | 'upstreamTls'> {
  readonly sites: readonly Site[];
  readonly apps: readonly App[];
  readonly certificates: readonly CertificateFiles[];
  readonly process: ProcessSettings;
  readonly development?: Development;
}

/** The part of the model that the edge is told, which speaks with strangers: it holds no secrets of applications and no paths of the keys of sites. */
export interface EdgeModel {
  readonly listeners: readonly Listener[];
  readonly sites: readonly EdgeSite[];
  /** Absent: all that is spoken is HTTP. */
  readonly streams?: Streams;
  readonly apps: readonly EdgeApp[];
  readonly scopes: readonly Scope[];
  readonly connections: readonly ConnectionRules[];
  readonly types: readonly TypeMap[];
  readonly variables: readonly DefinedVariable[];
  readonly charsetMaps: readonly CharsetMap[];
  readonly zones: readonly Zone[];
  readonly logs: readonly LogTarget[];
  readonly upstreams: readonly Upstream[];
  /** Equal ones stand once. */
  readonly proxyPolicies: readonly ProxyPolicy[];
  /** What the files of their TLS hold, by `keyOfTlsFiles`. Absent: none of them has TLS. */
  readonly upstreamTls?: Readonly<Record<string, UpstreamTlsFiles>>;
  readonly resolvers: readonly Resolver[];
  readonly edge: EdgeLimits;
  readonly forwarding: Forwarding;
  /** Error pages may show tracebacks. */
  readonly isDevelopment: boolean;
}

/** Where requests come. */
export interface Listener extends Listening {
  /** Absent: HTTP. */
  readonly speaks?: 'uwsgi';
  /** The first that fits is taken: exact, then the longest suffix, the longest prefix, and regexes in their order. */
  readonly names: readonly { readonly name: ServerName; readonly site: SiteId }[];
  /** The site for every other name. */
  readonly fallback: SiteId;
}

/** `suffix`: `*.example.com`, without the star; `prefix`: `www.example.*`, without the star. */
export type ServerName =
  | { readonly kind: 'exact' | 'suffix' | 'prefix'; readonly text: string }
  | { readonly kind: 'regex'; readonly pattern: Pattern };

/** Index in `ServerModel.sites`. */
export type SiteId = number;

export interface Site {
  /** For $server_name, logs and people: the first of its names, or ''. */
  readonly name: string;
  /** Index in `ServerModel.connections`. */
  readonly connection: number;
  readonly tls?: SiteTls;
  /** Run before a location is looked for. */
  readonly rewrite: readonly Instruction[];
  /** Where no location matches. */
  readonly scope: ScopeId;
  readonly content: Content;
  readonly locations: readonly Location[];
}

/** What it speaks TLS with the edge is told apart (`TlsSettings`). */
export type EdgeSite = Omit<Site, 'tls'> & {
  readonly clients?: ClientRules;
  /** Names of its certificates have variables. */
  readonly findsCertificates?: true;
};

export interface Location {
  readonly match: /** `final-prefix`: where it is the longest, no regex is asked. */
    | { readonly kind: 'exact' | 'prefix' | 'final-prefix' | 'named'; readonly text: string }
    | { readonly kind: 'regex'; readonly pattern: Pattern };
  /** Answers only what the server itself has sent here. */
  readonly isInternal: boolean;
  /** A request for the prefix without its final slash is redirected to it. */
  readonly redirectsToSlash: boolean;
  readonly rewrite: readonly Instruction[];
  readonly scope: ScopeId;
  readonly content: Content;
  readonly locations: readonly Location[];
}

/** Paths of PEM files. Many sites may have one certificate, which is read once. */
export interface CertificateFiles {
  readonly certFile: string;
  /** '': the key is in `certFile`. */
  readonly keyFile: string;
  /** Of the key: as it was given, which is not for printing. '' for none. */
  readonly password: string;
  /** A file of passwords, one a line, of which each is tried. */
  readonly passwordFile?: string;
}

/** What the whole edge may use; 0 is "no limit" where that makes sense. */
export interface EdgeLimits {
  readonly threads: number;
  readonly connectionsMax: number;
  readonly connectionsPerAddressMax: number;
  readonly spoolBytesMax: number;
  readonly bodyMemoryBytesMax: number;
  readonly wsMemoryBytesMax: number;
  /** How long the edge may take to be ready, and how long it may be silent before it is replaced (0: it is not asked). */
  readonly startMs: number;
  readonly silenceMs: number;
  /** How long requests may go on when the server stops. */
  readonly gracefulMs: number;
}

/** By which fields trusted peers tell of their clients, before a location's `realIp` is asked. */
export interface Forwarding {
  readonly fields: 'x-forwarded' | 'forwarded' | 'none';
  readonly allowIps: readonly string[];
  /** Peers that may send the header of the PROXY protocol: whom it names is the client. Absent: any peer may, and whether it is believed says the `realIp` of a scope. */
  readonly proxyAllowIps?: readonly string[];
  /** The largest packet that is taken of a server in front that speaks uwsgi. Absent: as large as one can be. */
  readonly uwsgiPacketBytesMax?: number;
}

/** Whose ways the main process has: what signals mean, when the pid file is written, how its log looks, and in which words it says why it cannot start. */
export type Manner = 'portico' | 'nginx' | 'gunicorn' | 'uwsgi';

export interface ProcessSettings {
  readonly manner: Manner;
  /** Absent: signals alone tell the server what to do. */
  readonly triggers?: Triggers;
  /** What the list of processes shows of the supervisor. */
  readonly title: string;
  readonly user: string;
  readonly group: string;
  readonly umask: number | undefined;
  readonly pidFile: string;
  /** A path; '' is a place of the user's own, 'off' is none. */
  readonly controlSocket: string;
  readonly isDaemon: boolean;
  readonly logFile: string;
  readonly logFormat: 'text' | 'json';
  readonly logLevel: 'debug' | 'info' | 'warning' | 'error';
  /** In nginx's form, in place of `logFile`; none: that file. */
  readonly errorLogs: readonly ErrorLog[];
  /** Absent: there is none. */
  readonly stats?: StatsServer;
  /** How many files and sockets may be open; 0: as many as the system gives. */
  readonly filesMax: number;
  /** Programs in place of our own; '' for ours. */
  readonly edgeProgram: string;
  readonly zygoteProgram: string;
}

/** Tells of workers and requests, in uWSGI's JSON. */
export interface StatsServer {
  /** Of TCP, or a path; one that begins with `@` is a name of Linux's abstract namespace. */
  readonly address: BindAddress;
  /** As an answer to HTTP requests. */
  readonly isHttp: boolean;
  readonly isMinified: boolean;
  /** With the threads of workers, and the requests that run. */
  readonly hasCores: boolean;
}

/** By what a server in uWSGI's manner is told what to do, beside signals. */
export interface Triggers {
  /** `die-on-term`: TERM ends the server, `gently` when requests are answered. Otherwise it loads the application again at once. */
  readonly termStops?: boolean | 'gently';
  /** `exit-on-reload`: a reload ends the server, for whoever has started it to start it again. */
  readonly endsOnReload?: boolean;
  /** `master-fifo`: pipes that are made, and from which commands of one letter are read. The first is read; digits change to another. */
  readonly fifos?: readonly string[];
  /** Files or folders of which each change is a command. */
  readonly touched?: readonly Touched[];
}

export interface Touched {
  readonly path: string;
  readonly does: 'reload' | 'reload-chain' | 'reopen-logs';
  /** `fs-reload`: of a folder all that is below it, at any depth. */
  readonly isDeep?: boolean;
}

/** Sources are watched, and who changed them is shown why they cannot be run. */
export interface Development {
  /** What is watched. Empty: the applications' folders. */
  readonly folders: readonly string[];
  /** Globs, or folders: as they were given, for only the disk tells one from the other. */
  readonly includes: readonly string[];
  readonly excludes: readonly string[];
}
