/** What a server that has started has to say about itself; the command line puts it into words. */

import type { AppId } from '../config/model/app.ts';
import type { BoundListener } from '../protocol/control/edge.ts';
import type { AppFacts } from '../protocol/control/zygote.ts';
import type { CertificateReport } from './certificate-keeper.ts';
import type { Folders } from './static-mounts.ts';

export interface Announcement {
  readonly listeners: readonly BoundListener[];
  readonly certificates: CertificateReport | undefined;
  /** Those that serve. */
  readonly apps: readonly AppAnnouncement[];
  readonly edgeThreads: number;
  readonly isDevelopment: boolean;
  readonly isRoot: boolean;
  readonly startMs: number;
  /** Whom signals are sent to. */
  readonly pid: number;
}

export interface AppAnnouncement extends Folders {
  readonly id: AppId;
  readonly facts: AppFacts | undefined;
  /** "3.11.2". */
  readonly pythonVersion: string;
  readonly pythonPath: string;
  /** Where the Python was found, in words that follow its name; '' where everybody would look first. */
  readonly pythonOrigin: string;
  readonly workers: number;
  readonly threads: number;
  readonly isPreloaded: boolean;
  /** Why the application is not preloaded although it might be. */
  readonly unsafeReasons: readonly string[];
}
