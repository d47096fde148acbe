/** What a service manager such as systemd has given the process that it started; `python/hand_over.py` has written it down. */

import type { Installation } from './installation.ts';
import type { Predecessor } from './upgrade/predecessor.ts';

/** A socket that listens already, at the same descriptor. */
export interface GivenSocket {
  readonly fd: number;
  readonly kind: 'tcp' | 'unix';
  /** '' and 0 for a Unix socket, whose path may be '' and begins with "@" in the abstract namespace. */
  readonly address: string;
  readonly port: number;
  readonly path: string;
}

export interface ServiceManager {
  readonly sockets: readonly GivenSocket[];
  /** What is written there is told to the service manager; null if it does not listen. */
  readonly notifyFd: number | null;
  /** How often the service manager has to hear from us; 0: it does not watch. */
  readonly watchdogUs: number;
  /** What is wrong with the sockets that it has given, one sentence each. */
  readonly faults: readonly string[];
  /** Why the service manager is told nothing, one sentence each. */
  readonly warnings: readonly string[];
}

export const NO_MANAGER: ServiceManager = { sockets: [], notifyFd: null, watchdogUs: 0, faults: [], warnings: [] };

/** How this program was started, so that it can be started once more: as it is on disk by then. */
export interface OwnProgram {
  readonly file: string;
  readonly args: readonly string[];
  /** The environment of whoever has started the server, whatever became of it since. */
  readonly env: NodeJS.ProcessEnv;
}

/** What a server is started with besides its command line. */
export interface Surroundings {
  /** The environment of whoever has started the server. */
  readonly env: NodeJS.ProcessEnv;
  readonly manager: ServiceManager;
  readonly installation: Installation;
  readonly program?: OwnProgram | undefined;
  /** The server that this one is to replace. */
  readonly predecessor?: Predecessor | undefined;
  /** Shows a line before there is a log. */
  readonly tell?: (text: string) => void;
}
