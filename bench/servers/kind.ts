/** What is to be served. */
export interface Site {
  /** module:callable, in bench/apps. */
  readonly app: string;
  readonly workers: number;
}

/** Where a server is started; placeholders when its commands are printed. */
export interface Place {
  readonly port: string;
  /** A folder of its own, for configuration, sockets and logs. */
  readonly folder: string;
  /** The virtual environment with the peers, whose Python runs the application everywhere. */
  readonly peers: string;
  readonly portico: string;
  /** The folder of the applications. */
  readonly apps: string;
}

export interface Command {
  readonly argv: readonly string[];
  /** Whose processes these are: all Python (an embedded one counts), all something else, or told apart by program. */
  readonly role: 'python' | 'front' | 'portico';
}

export interface Plan {
  /** Configuration files, by their names in the server's folder. */
  readonly files: Readonly<Record<string, string>>;
  /** The first is the one that runs the application, and that signals go to. */
  readonly commands: readonly Command[];
}

/** Paths of PEM files. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
  /** Both in one file. */
  readonly both: string;
}

/** A way to set up a server, at its best documented setting. */
export interface Kind {
  readonly name: string;
  plan(site: Site, place: Place): Plan;
  readonly reloadSignal?: NodeJS.Signals;
  /** Speaks TLS with its clients. */
  readonly isSecure?: boolean;
}
