/** What a server that has started has to say about itself; the command line puts it into words. */

import type { StaticFolder, UrlFolder } from '../config/model/folders.ts';
import type { Listener } from '../protocol/control/edge.ts';
import type { AppFacts, WithheldFolder } from '../protocol/control/zygote.ts';
import type { CertificateReport } from './certificate-keeper.ts';

export interface Announcement {
  readonly listeners: readonly Listener[];
  readonly certificates: CertificateReport | undefined;
  readonly facts: AppFacts | undefined;
  /** "3.11.2". */
  readonly pythonVersion: string;
  readonly pythonPath: string;
  /** Where the Python was found, in words that follow its name; '' where everybody would look first. */
  readonly pythonOrigin: string;
  readonly workers: number;
  readonly threads: number;
  readonly edgeThreads: number;
  readonly isPreloaded: boolean;
  /** Why the application is not preloaded although it might be. */
  readonly unsafeReasons: readonly string[];
  readonly mounts: readonly StaticFolder[];
  /** Folders that the application names, and on whose files it may decide: it is asked for each of them. */
  readonly withheld: readonly WithheldFolder[];
  /** Folders from which the edge sends the files that the application names in its answers. */
  readonly namedFolders: readonly UrlFolder[];
  readonly isDevelopment: boolean;
  readonly isRoot: boolean;
  readonly startMs: number;
  /** Whom signals are sent to. */
  readonly pid: number;
}
