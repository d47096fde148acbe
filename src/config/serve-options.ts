/** What the command line asks for: one application, served at some addresses. Flags, environment and other servers' command lines are read into it. */

import type { AccessFormat } from './access-format/access-format.ts';
import type { BindAddress, ServeBind } from './bind-address.ts';
import type { GunicornApp, Scaling } from './model/app.ts';
import type { UrlFolder } from './model/folders.ts';
import type { ProcessSettings, ServerModel } from './model/server-model.ts';
import type { UwsgiApp } from './model/uwsgi-app.ts';

export type PreloadMode = 'auto' | 'always' | 'never';
/** 'auto': required if the authorities that sign them are given. */
export type ClientCertificates = 'auto' | 'none' | 'optional' | 'required';
export type LogFormat = 'text' | 'json';
export type LogLevel = 'debug' | 'info' | 'warning' | 'error';

/** Name and value. */
export type ResponseField = readonly [string, string];

/** 0 stands for "no limit" or "off" where that makes sense. Paths are as they were given: the supervisor makes them absolute. */
export interface ServeOptions {
  readonly binds: readonly ServeBind[];
  readonly backlog: number;
  /** The family of fields by which a trusted proxy tells of its client. The application does not see those of the other family. */
  readonly forwardedFields: 'x-forwarded' | 'forwarded' | 'none';
  readonly forwardedAllowIps: readonly string[];
  /** Each connection begins with the header of the PROXY protocol, which these peers may send. */
  readonly proxyProtocol: boolean;
  readonly proxyAllowIps: readonly string[];
  /** The largest packet of a server in front that speaks uwsgi. */
  readonly uwsgiBufferBytes: number;
  /** The path that requests have lost on their way here: '', or it begins with a slash and ends without one. */
  readonly rootPath: string;

  /** Paths of PEM files. With a certificate every address of `binds` speaks TLS, and those of `insecureBinds` do not. */
  readonly certFile: string;
  /** '': the key is in `certFile`. */
  readonly keyFile: string;
  readonly keyPassword: string;
  /** The authorities that sign the certificates of clients. */
  readonly caCerts: string;
  readonly certReqs: ClientCertificates;
  /** As OpenSSL writes them; '': those of context-options.ts. */
  readonly ciphers: string;
  readonly insecureBinds: readonly BindAddress[];

  readonly workers: number;
  /** 0: as many as `workers`. */
  readonly workersMin: number;
  readonly idleMs: number;
  readonly threads: number;
  readonly edgeThreads: number;
  readonly preload: PreloadMode;
  readonly python: string;
  readonly chdir: string;
  readonly envFile: string;
  readonly env: ReadonlyMap<string, string>;

  readonly timeoutMs: number;
  readonly gracefulTimeoutMs: number;
  readonly startTimeoutMs: number;
  /** 0: neither edge nor zygote is pinged. */
  readonly edgeTimeoutMs: number;
  readonly keepAliveMs: number;
  /** The interface by which the application is called. */
  readonly interface: 'auto' | 'wsgi' | 'asgi';
  readonly workerClass: 'sync' | 'gevent';
  readonly lifespan: 'auto' | 'on' | 'off';
  readonly loop: 'auto' | 'asyncio' | 'uvloop';
  readonly drainTimeoutMs: number;
  readonly webSockets: boolean;
  readonly wsMessageBytesMax: number;
  readonly wsMessagesPerSecondMax: number;
  readonly wsPingIntervalMs: number;
  readonly wsPingTimeoutMs: number;
  /** Requests and WebSockets that one worker of an ASGI application runs at a time. */
  readonly workerConnections: number;
  /** permessage-deflate */
  readonly wsCompression: boolean;

  readonly maxRequests: number;
  readonly maxRequestsJitter: number;
  readonly maxAgeMs: number;
  readonly memoryBytesMax: number;

  /** Fields that every response has. */
  readonly responseFields: readonly ResponseField[];
  readonly bodyBytesMax: number;
  /** The limit for all files of bodies and responses on their way. 0: a part of their file system. */
  readonly spoolBytesMax: number;
  /** Memory for bodies of requests, and for messages of WebSockets, on their way to applications. */
  readonly bodyMemoryBytesMax: number;
  readonly wsMemoryBytesMax: number;
  readonly connectionsMax: number;
  readonly connectionsPerAddressMax: number;
  readonly queueDepthMax: number;
  readonly queueTimeoutMs: number;

  readonly staticFolders: readonly UrlFolder[];
  /** Serve the static folders that the application names. */
  readonly compress: boolean;
  /** Media types in lower case. */
  readonly compressTypes: readonly string[];
  readonly compressBytesMin: number;
  readonly appStatic: boolean;
  /** Folders of the files that the application names by X-Accel-Redirect. */
  readonly accelFolders: readonly UrlFolder[];
  /** Folders of the files that the application names by X-Sendfile. */
  readonly sendfileFolders: readonly string[];

  readonly user: string;
  readonly group: string;
  readonly umask: number | undefined;
  readonly pidFile: string;
  /** '' is a place of the user's own; 'off' is none. */
  readonly controlSocket: string;

  /** Where the stats server listens; undefined: nowhere. */
  readonly stats: BindAddress | undefined;
  readonly statsHttp: boolean;
  readonly statsMinified: boolean;
  readonly statsNoCores: boolean;

  readonly logLevel: LogLevel;
  readonly logFile: string;
  readonly logFormat: LogFormat;
  readonly accessLog: string;
  readonly accessLogFormat: AccessFormat;

  readonly reloadOnChange: boolean;
  /** What is watched with it. Empty: the application's folder. */
  readonly reloadFolders: readonly string[];
  /** Globs, or folders. */
  readonly reloadIncludes: readonly string[];
  readonly reloadExcludes: readonly string[];
  /** Load the application, say what was found, and end. */
  readonly checkOnly: boolean;
  /** Write the file that says the same, and end. */
  readonly showConfig: boolean;

  readonly edgeProgram: string;
  readonly zygoteProgram: string;
}

/** Puts into the model what another program's words say beyond the options. `at` makes paths absolute. */
export type FinishModel = (model: ServerModel, at: (path: string) => string) => ServerModel;

/** What the command line asks for: a server for an application. */
export interface ServeRequest {
  /** `module:callable`, `module`, a path, or '' for what is found in the folder. */
  readonly app: string;
  readonly options: ServeOptions;
  /** Absent: the options are all there is. */
  readonly finish?: FinishModel;
  /** Only uWSGI's command line says it. */
  readonly uwsgi?: UwsgiApp;
  /** Only gunicorn's command line says it. */
  readonly gunicorn?: GunicornApp;
  /** What the words of another program say of the process, beyond the options. */
  readonly process?: Partial<ProcessSettings>;
  /** … and of how the number of workers follows the load. */
  readonly scaling?: Partial<Scaling>;
}
