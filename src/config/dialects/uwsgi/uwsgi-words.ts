/** What options of uWSGI say that is no setting of `portico serve`, or becomes one only together with others. */

import type { ServeBind } from '../../bind-address.ts';
import type { UrlFolder } from '../../model/folders.ts';
import type { Instruction } from '../../model/instruction.ts';

export interface UwsgiWords {
  /** Where HTTP is spoken, what --socket names, and what is spoken there. */
  readonly httpAddresses?: readonly ServeBind[];
  readonly httpsAddresses?: readonly HttpsAddress[];
  readonly https2Addresses?: readonly HttpsAddress[];
  readonly socketAddresses?: readonly ServeBind[];
  readonly socketProtocol?: 'uwsgi' | 'http';
  /** Where HTTP is spoken only to lead to https. */
  readonly redirectAddresses?: readonly ServeBind[];
  /** Of Unix sockets. `socketOwner` is USER or USER:GROUP. */
  readonly socketMode?: number;
  readonly socketOwner?: string;

  /** The parts of APP, and where its modules are found as well. */
  readonly module?: string;
  readonly wsgiFile?: string;
  readonly callable?: string;
  readonly pythonPaths?: readonly string[];
  readonly mounts?: readonly Mount[];
  readonly managesScriptName?: boolean;
  /** A path below no mount is not the first one's. */
  readonly hasNoDefault?: boolean;

  /** Run before a request is answered. */
  readonly routes?: readonly Instruction[];

  /** `root` may be a file. */
  readonly staticMaps?: readonly UrlFolder[];
  readonly staticMaps2?: readonly UrlFolder[];
  readonly checkedFolders?: readonly string[];
  readonly staticIndexes?: readonly string[];
  readonly skippedEndings?: readonly string[];
  readonly expires?: readonly FileExpiry[];

  readonly isDaemon?: boolean;
  /** How the number of workers follows the load. */
  readonly workersInitial?: number;
  readonly workersStep?: number;
  readonly quietMs?: number;
  readonly busyMax?: number;
  readonly startsCheap?: boolean;
  readonly endsIdle?: boolean;
  /** By what the server is told what to do, beside signals. */
  readonly termStops?: 'gently';
  readonly diesOnTerm?: boolean;
  readonly endsOnReload?: boolean;
  readonly fifos?: readonly string[];
  readonly touchReload?: readonly string[];
  readonly touchChain?: readonly string[];
  readonly touchLogs?: readonly string[];
  readonly fsReload?: readonly string[];
  readonly title?: string;
  readonly requestLog?: RequestLog;
  readonly isUnlogged?: boolean;
  readonly logs4xx?: boolean;
  readonly logs5xx?: boolean;
  readonly logsForwarded?: boolean;
  readonly lineFormat?: string;
}

export interface HttpsAddress {
  readonly address: ServeBind;
  readonly certFile: string;
  readonly keyFile: string;
  readonly ciphers: string;
  /** '' for none. With an exclamation mark in front a certificate is required. */
  readonly caCerts: string;
}

export interface Mount {
  /** Begins with a slash and ends without one; '' for `/`. */
  readonly url: string;
  /** A module, a file, or either with its callable. */
  readonly app: string;
}

/** How long files below a URL are kept; 'hashed': those whose names carry a hash of their content are kept for good. */
export type FileExpiry = { readonly url: string; readonly seconds: number } | 'hashed';

export type RequestLog =
  /** What takes standard output. */
  | { readonly kind: 'journal' }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'syslog'; readonly server: string; readonly facility: string; readonly tag: string };
