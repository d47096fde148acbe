/**
 * The model of what a command line asks for: one application at one site, which answers everything but the files of the folders that were given by hand.
 * The dialects of other servers' command lines come this way too.
 */

import { resolve } from 'node:path';
import type { BindAddress, ServeBind } from './bind-address.ts';
import type { App, GunicornApp } from './model/app.ts';
import type { AppContent } from './model/content.ts';
import { NO_FILES } from './model/files.ts';
import type { StaticFolder, UrlFolder } from './model/folders.ts';
import type { Scope } from './model/scope.ts';
import type { CertificateFiles, Listener, ProcessSettings, ServerModel, Site } from './model/server-model.ts';
import type { SiteTls } from './model/site-tls.ts';
import { USUAL_TLS } from './model/site-tls.ts';
import { serveCompressions } from './serve-compressions.ts';
import type { ServeOptions, ServeRequest } from './serve-options.ts';
import { statsOf } from './stats-settings.ts';

/** The name of the one application of a command line. */
const SITE = 'site';
/** Index of the one site, scope, set of rules, map of types, log and certificate. */
const ONLY = 0;

/** `cwd`: the folder that paths are relative to. */
export function serveModel(request: ServeRequest, cwd: string): ServerModel {
  const at = (path: string): string => (path === '' ? '' : resolve(cwd, path));
  const model = modelOf(request, at);
  return request.finish?.(model, at) ?? model;
}

function modelOf({ app, options, uwsgi, gunicorn, process, scaling }: ServeRequest, at: Resolve): ServerModel {
  return {
    listeners: listenersOf(options),
    sites: [siteOf(options, at)],
    apps: [
      {
        ...appOf(app, options, at),
        ...(scaling === undefined ? {} : { scaling }),
        ...(uwsgi === undefined ? {} : { uwsgi }),
        ...(gunicorn === undefined ? {} : { gunicorn }),
      },
    ],
    scopes: [scopeOf(options)],
    connections: [{ keepAliveMs: options.keepAliveMs }],
    types: [{ knowsRegistry: true, charset: 'utf-8', types: {}, fallback: 'application/octet-stream' }],
    variables: [],
    charsetMaps: [],
    zones: [],
    logs: logsOf(options, at),
    upstreams: [],
    proxyPolicies: [],
    resolvers: [],
    edge: {
      threads: options.edgeThreads,
      connectionsMax: options.connectionsMax,
      connectionsPerAddressMax: options.connectionsPerAddressMax,
      spoolBytesMax: options.spoolBytesMax,
      bodyMemoryBytesMax: options.bodyMemoryBytesMax,
      wsMemoryBytesMax: options.wsMemoryBytesMax,
      startMs: options.startTimeoutMs,
      silenceMs: options.edgeTimeoutMs,
      gracefulMs: options.gracefulTimeoutMs,
    },
    forwarding: {
      fields: options.forwardedFields,
      allowIps: options.forwardedAllowIps,
      ...(options.proxyProtocol ? { proxyAllowIps: options.proxyAllowIps } : {}),
      ...(options.binds.some(({ speaks }) => speaks === 'uwsgi')
        ? { uwsgiPacketBytesMax: options.uwsgiBufferBytes }
        : {}),
    },
    certificates: certificatesOf(options, at),
    process: { ...processOf(titleOf(app, gunicorn), options, at), ...process },
    ...(options.reloadOnChange
      ? {
          development: {
            folders: options.reloadFolders.map(at),
            includes: options.reloadIncludes,
            excludes: options.reloadExcludes,
          },
        }
      : {}),
  };
}

function listenersOf(options: ServeOptions): Listener[] {
  const { binds, insecureBinds, certFile, backlog } = options;
  const all = [...binds, ...insecureBinds];
  const listener = (tls: boolean, bind?: ServeBind): Listener => ({
    ...(bind === undefined ? {} : { address: addressOf(bind) }),
    // Whoever is in front by uwsgi speaks TLS with clients, and says who they are.
    ...(bind?.speaks === undefined ? { tls } : { speaks: bind.speaks, tls: false }),
    backlog,
    isIpv6Only: bind !== undefined && needsIpv6Only(bind, all),
    ...(options.proxyProtocol && bind?.speaks === undefined ? { hasProxyHeader: true } : {}),
    names: [],
    fallback: ONLY,
  });
  const isSecure = certFile !== '';
  // With sockets of a service manager and without --bind, all that is served comes by those.
  const first = binds.length === 0 ? [listener(isSecure)] : binds.map((address) => listener(isSecure, address));
  return [...first, ...insecureBinds.map((address) => listener(false, address))];
}

function addressOf(bind: ServeBind): BindAddress {
  return bind.kind === 'unix'
    ? { kind: 'unix', path: bind.path }
    : { kind: bind.kind, host: bind.host, port: bind.port };
}

/** `[::]` takes IPv4 as well, and would be in the way of a `0.0.0.0` beside it. */
function needsIpv6Only(address: BindAddress, addresses: readonly BindAddress[]): boolean {
  return (
    address.kind === 'tcp' &&
    address.host === '::' &&
    addresses.some((other) => other.kind === 'tcp' && other.host === '0.0.0.0' && other.port === address.port)
  );
}

type Resolve = (path: string) => string;

function siteOf(options: ServeOptions, at: Resolve): Site {
  const tls = tlsOf(options, at);
  return {
    name: '',
    connection: ONLY,
    ...(tls === undefined ? {} : { tls }),
    rewrite: [],
    scope: ONLY,
    content: contentOf(options, at),
    locations: [],
  };
}

/** What is asked for below a folder that was given by hand is the edge's to answer, as in a location of nginx. */
function contentOf({ staticFolders, appStatic }: ServeOptions, at: Resolve): AppContent {
  const folders = staticFolders.map(
    ({ url, root }): StaticFolder => ({ url, root: at(root), hashed: false, missing: 'refuse', links: 'inside' }),
  );
  return { kind: 'app', app: SITE, scriptName: '', folders, servesDeclared: appStatic };
}

function tlsOf({ certFile, caCerts, certReqs, ciphers }: ServeOptions, at: Resolve): SiteTls | undefined {
  if (certFile === '') {
    return undefined;
  }
  const asked = certReqs === 'auto' ? 'required' : certReqs;
  return {
    ...USUAL_TLS,
    certificates: [ONLY],
    caCerts: at(caCerts),
    clients: caCerts === '' ? 'none' : asked,
    ciphers,
    // All of our own ciphers are good, and a phone knows best which it is fast with. An operator who names others may mean their order.
    prefersServerCiphers: ciphers !== '',
  };
}

function certificatesOf({ certFile, keyFile, keyPassword }: ServeOptions, at: Resolve): CertificateFiles[] {
  return certFile === '' ? [] : [{ certFile: at(certFile), keyFile: at(keyFile), password: keyPassword }];
}

function scopeOf(options: ServeOptions): Scope {
  const { bodyBytesMax, responseFields, accessLog, accessLogFormat } = options;
  const fields = responseFields.map(([name, value]) => ({ name, value, always: true, effect: 'add' }) as const);
  return {
    files: NO_FILES,
    types: ONLY,
    refusals: { pages: [], isRecursive: false, style: 'portico', pads: false },
    redirects: { isAbsolute: true, usesServerName: false, hasPort: true },
    ...(fields.length > 0 ? { fields: { fields, trailers: [], expires: undefined } } : {}),
    compressions: serveCompressions(options.compress, options.compressTypes, options.compressBytesMin),
    requestBodies: { bytesMax: bodyBytesMax },
    sending: {},
    accessLogs: accessLog === '' ? [] : [{ target: ONLY, format: accessLogFormat, when: undefined }],
    errorLogs: [],
    serverField: '',
  };
}

function logsOf({ accessLog }: ServeOptions, at: Resolve): ServerModel['logs'] {
  const path = accessLog === '-' ? '-' : at(accessLog);
  return path === '' ? [] : [{ sink: { kind: 'file', path }, bufferBytes: 0, flushMs: 0, gzipLevel: 0 }];
}

function appOf(target: string, options: ServeOptions, at: Resolve): App {
  return {
    id: SITE,
    target,
    interface: options.interface,
    workerClass: options.workerClass,
    python: options.python,
    chdir: at(options.chdir) || at('.'),
    envFile: at(options.envFile),
    env: Object.fromEntries(options.env),
    preload: options.preload,
    workers: options.workers,
    workersMin: options.workersMin,
    idleMs: options.idleMs,
    threads: options.threads,
    workerConnections: options.workerConnections,
    lifespan: options.lifespan,
    loop: options.loop,
    rootPath: options.rootPath,
    timeouts: {
      requestMs: options.timeoutMs,
      gracefulMs: options.gracefulTimeoutMs,
      startMs: options.startTimeoutMs,
      drainMs: options.drainTimeoutMs,
    },
    recycling: {
      requestsMax: options.maxRequests,
      requestsJitter: options.maxRequestsJitter,
      ageMsMax: options.maxAgeMs,
      memoryBytesMax: options.memoryBytesMax,
    },
    queue: { depthMax: options.queueDepthMax, timeoutMs: options.queueTimeoutMs },
    webSockets: {
      isOn: options.webSockets,
      messageBytesMax: options.wsMessageBytesMax,
      messagesPerSecondMax: options.wsMessagesPerSecondMax,
      pingIntervalMs: options.wsPingIntervalMs,
      pingTimeoutMs: options.wsPingTimeoutMs,
      deflates: options.wsCompression,
    },
    namedFolders: namedFoldersOf(options, at),
  };
}

function namedFoldersOf({ accelFolders, sendfileFolders }: ServeOptions, at: Resolve): UrlFolder[] {
  return [
    ...accelFolders.map(({ url, root }) => ({ url, root: at(root) })),
    ...sendfileFolders.map((root) => ({ url: '', root: at(root) })),
  ];
}

/** In the place of a path. */
const OFF = 'off';

/** Under gunicorn's command line as gunicorn has it, by which people's scripts look for it. */
function titleOf(app: string, gunicorn: GunicornApp | undefined): string {
  if (gunicorn === undefined) {
    return `portico serve ${app}`.trimEnd();
  }
  const { proc_name: named, paste } = gunicorn.settings;
  const name = [named, paste].find((text) => typeof text === 'string') ?? app.replace(/:application$/, '');
  return `gunicorn: master [${name}]`;
}

function processOf(title: string, options: ServeOptions, at: Resolve): ProcessSettings {
  return {
    manner: 'portico',
    title,
    user: options.user,
    group: options.group,
    umask: options.umask,
    pidFile: at(options.pidFile),
    controlSocket: options.controlSocket === OFF ? OFF : at(options.controlSocket),
    isDaemon: false,
    logFile: at(options.logFile),
    logFormat: options.logFormat,
    logLevel: options.logLevel,
    errorLogs: [],
    ...statsOf(options, at),
    filesMax: 0,
    edgeProgram: at(options.edgeProgram),
    zygoteProgram: at(options.zygoteProgram),
  };
}
