/** An application, and the processes that run it. */

import type { UrlFolder } from './folders.ts';
import type { UwsgiApp } from './uwsgi-app.ts';

/** The name by which locations, logs and control messages call an application: `site`, or what the file says. */
export type AppId = string;

/** How an application is asked: what the edge is told of it. */
export interface EdgeApp {
  readonly id: AppId;
  readonly timeouts: AppTimeouts;
  /** Requests that may wait for a worker, in all edge threads together, and for how long. */
  readonly queue: { readonly depthMax: number; readonly timeoutMs: number };
  readonly webSockets: WebSockets;
  /** Folders of the files that the application names by X-Accel-Redirect (below their URLs), and by X-Sendfile (where the URL is ''). */
  readonly namedFolders: readonly UrlFolder[];
}

/** All of an application: its environment holds secrets. */
export interface App extends EdgeApp {
  /** `module:callable`, `module`, a path, or '' for what is found in the folder. */
  readonly target: string;
  readonly interface: 'auto' | 'wsgi' | 'asgi';
  readonly workerClass: 'sync' | 'gevent';
  /** A path or the name of a command, as it was given; '' for the site's own. */
  readonly python: string;
  readonly chdir: string;
  /** '' for none. */
  readonly envFile: string;
  readonly env: Readonly<Record<string, string>>;
  readonly preload: 'auto' | 'always' | 'never';
  /** With `scaling` the most. */
  readonly workers: number;
  /** With fewer than `workers` their number follows the load; 0: there are always `workers`. */
  readonly workersMin: number;
  /** Without a request for so long all workers are let go, and the next one has them started. 0: never. */
  readonly idleMs: number;
  /** Absent: as `USUAL_SCALING` says. */
  readonly scaling?: Partial<Scaling>;
  readonly threads: number;
  /** Requests and WebSockets that one worker of an ASGI application runs at a time. */
  readonly workerConnections: number;
  readonly lifespan: 'auto' | 'on' | 'off';
  readonly loop: 'auto' | 'asyncio' | 'uvloop';
  /** The path that requests have lost on their way to this server: '', or it begins with a slash and ends without one. */
  readonly rootPath: string;
  readonly recycling: Recycling;
  /** Where the application is served in uWSGI's manner. */
  readonly uwsgi?: UwsgiApp;
  /** Where the command line is gunicorn's. */
  readonly gunicorn?: GunicornApp;
}

/** What an application that gunicorn's command line names has of gunicorn's. */
export interface GunicornApp {
  /** The configuration file, whose functions stay in Python: `file:/PATH`, `python:MODULE`, or '' for none. */
  readonly config: string;
  /** Names of the hooks that it has. */
  readonly hooks: readonly string[];
  /** All other settings, by name, as `cfg` has them. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** How the number of workers follows the load. */
export interface Scaling {
  /** At the start; 0: the least. */
  readonly workersInitial: number;
  /** How many are added at a time, at least. */
  readonly step: number;
  /** Load must be low for so long before a worker is let go. */
  readonly quietMs: number;
  /** Which part of the time workers are busy before others are started beside them. */
  readonly busyMax: number;
  readonly idleMs: number;
  /** The workers of the start are let go at once, until there is a request. */
  readonly startsCheap: boolean;
  /** The server ends where its workers would be let go. */
  readonly endsIdle: boolean;
}

/** In milliseconds; 0 is "no limit". */
export interface AppTimeouts {
  /** A request that has been with a worker for so long is answered with 504. */
  readonly requestMs: number;
  /** How long a worker may take to finish what it has. */
  readonly gracefulMs: number;
  readonly startMs: number;
  /** How long streams and WebSockets may go on in a worker that is replaced. */
  readonly drainMs: number;
}

/** When workers are replaced; 0 is "never". */
export interface Recycling {
  readonly requestsMax: number;
  readonly requestsJitter: number;
  readonly ageMsMax: number;
  readonly memoryBytesMax: number;
}

export interface WebSockets {
  /** False: handshakes are requests like others. */
  readonly isOn: boolean;
  /** The longest message of a client, decompressed. */
  readonly messageBytesMax: number;
  /** Messages of a client a second; 0: no limit. */
  readonly messagesPerSecondMax: number;
  /** 0: no pings. */
  readonly pingIntervalMs: number;
  readonly pingTimeoutMs: number;
  /** permessage-deflate is agreed to where it is offered. */
  readonly deflates: boolean;
}
