/** What an application has beside its workers where it is served in uWSGI's manner, and what `import uwsgi` shows it. It is for its zygote alone. */

export interface UwsgiApp {
  /** All options as they were resolved, in their order, for `uwsgi.opt`; true is one without a value. */
  readonly options: readonly (readonly [name: string, value: string | true])[];
  /** The program of each mule: '', a file, or `module:function`. */
  readonly mules: readonly string[];
  readonly farms: readonly UwsgiFarm[];
  /** The longest message of a mule, and of a farm. */
  readonly muleMessageBytes: number;
  /** Seconds that a mule may take for a signal or a message; 0: any. */
  readonly muleHarakiri: number;
  readonly spooler: UwsgiSpooler;
  readonly caches: readonly UwsgiCache[];
  /** Locks besides the one that is always there. */
  readonly locks: number;
  /** Sizes in bytes. */
  readonly sharedAreas: readonly number[];
  readonly crons: readonly UwsgiCron[];
  readonly timers: readonly UwsgiTimer[];
  /** Signals that a change of a file raises. */
  readonly fileSignals: readonly { readonly signal: number; readonly path: string }[];
  readonly daemons: readonly UwsgiDaemon[];
  readonly imports: readonly UwsgiImport[];
  readonly hooks: readonly UwsgiHook[];
}

export interface UwsgiFarm {
  readonly name: string;
  /** Numbers of mules, the first is 1. */
  readonly mules: readonly number[];
}

export interface UwsgiSpooler {
  readonly folders: readonly { readonly path: string; readonly isExternal: boolean }[];
  /** For each folder. */
  readonly processes: number;
  /** Seconds between two looks at a folder. */
  readonly frequency: number;
  /** Tasks after which a process is replaced, and seconds that one may take; 0: any. */
  readonly tasksMax: number;
  readonly harakiri: number;
  readonly isOrdered: boolean;
  readonly isQuiet: boolean;
  readonly chdir: string;
}

export interface UwsgiCache {
  readonly name: string;
  readonly items: number;
  readonly blocks: number;
  readonly blockBytes: number;
  readonly keyBytes: number;
  readonly hashSize: number;
  /** A value may take several blocks. */
  readonly hasBitmap: boolean;
  readonly purgesLru: boolean;
  readonly clearsOnFull: boolean;
  readonly ignoresFull: boolean;
  readonly expires: boolean;
  readonly mathInitial: number;
}

/** -1 is any, -N is every N. */
export interface UwsgiCron {
  readonly minute: number;
  readonly hour: number;
  readonly day: number;
  readonly month: number;
  readonly week: number;
  readonly command: string;
  readonly isUnique: boolean;
  /** Seconds; 0: any. */
  readonly harakiri: number;
}

export interface UwsgiTimer {
  readonly signal: number;
  readonly seconds: number;
}

export interface UwsgiDaemon {
  readonly command: string;
  /** '' for a daemon that is a child of ours as long as it lives. */
  readonly pidfile: string;
  /** How often a pidfile is looked at, in seconds. */
  readonly frequency: number;
  /** We put it into the background ourselves. */
  readonly daemonizes: boolean;
  /** The server ends with it. */
  readonly isControl: boolean;
  readonly stopSignal: number;
  /** 0: it is ended at a reload, and started again. */
  readonly reloadSignal: number;
  /** Files whose change restarts it. */
  readonly touch: readonly string[];
  readonly chdir: string;
  /** The longest pause between two starts, in seconds; 0 is the usual one. */
  readonly throttleMax: number;
  /** Its standard input is a socket that it may listen on, which is not offered; so it is /dev/null. */
  readonly user: string;
  readonly group: string;
}

/** `where` it is imported: in the workers, in all processes that run the application, or in spoolers. */
export interface UwsgiImport {
  readonly where: 'workers' | 'all' | 'spoolers';
  readonly module: string;
}

export const UWSGI_PHASES = [
  'asap',
  'pre-app',
  'post-app',
  'post-fork',
  'accepting',
  'accepting1',
  'as-mule',
  'as-user',
  'as-user-atexit',
  'touch',
] as const;

export interface UwsgiHook {
  readonly phase: (typeof UWSGI_PHASES)[number];
  /** `exec:COMMAND` and others. */
  readonly action: string;
  /** The file whose change runs it, in the phase `touch`. */
  readonly path: string;
}
