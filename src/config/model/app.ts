/** An application, and the processes that run it. */

/** The name by which locations, logs and control messages call an application: `site`, or what the file says. */
export type AppId = string;

export interface App {
  readonly id: AppId;
  /** `module:callable`, `module`, a path, or '' for what is found in the folder. */
  readonly target: string;
  readonly interface: 'auto' | 'wsgi' | 'asgi';
  readonly workerClass: 'sync' | 'gevent';
  readonly python: string;
  readonly chdir: string;
  readonly envFile: string;
  readonly env: Readonly<Record<string, string>>;
  readonly preload: 'auto' | 'always' | 'never';
  readonly workers: number;
  readonly threads: number;
  /** Requests and WebSockets that one worker of an ASGI application runs at a time. */
  readonly workerConnections: number;
  readonly lifespan: 'auto' | 'on' | 'off';
  readonly loop: 'auto' | 'asyncio' | 'uvloop';
  /** The path that requests have lost on their way to this server: '', or it begins with a slash and ends without one. */
  readonly rootPath: string;
  readonly timeouts: AppTimeouts;
  readonly recycling: Recycling;
  readonly queue: { readonly depthMax: number; readonly timeoutMs: number };
  readonly webSockets: WebSockets;
  /** Folders of the files that the application names by X-Accel-Redirect, and by X-Sendfile. */
  readonly accelFolders: readonly { readonly url: string; readonly root: string }[];
  readonly sendfileFolders: readonly string[];
}

/** In milliseconds; 0 is "no limit". */
export interface AppTimeouts {
  readonly requestMs: number;
  readonly gracefulMs: number;
  readonly startMs: number;
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
  readonly isOn: boolean;
  readonly messageBytesMax: number;
  readonly messagesPerSecondMax: number;
  readonly pingIntervalMs: number;
  readonly pingTimeoutMs: number;
  readonly deflates: boolean;
}
