/**
 * Whether the files that processes are started from are still those of the release that runs. An upgrade replaces them under a running server,
 * which goes on, but whose next edge and next workers are of the other release: they may not understand each other.
 */

import type { Log } from './log/log.ts';

export class ReleaseWatch {
  readonly #log: Pick<Log, 'say'>;
  readonly #read: () => string;
  /** That of the start, then the last one that was told of. */
  #known: string;

  /** `read` gives the version that is written down beside the program. */
  constructor(log: Pick<Log, 'say'>, read: () => string) {
    this.#log = log;
    this.#read = read;
    this.#known = this.#look();
  }

  /** Called before a process is started. Tells of each other release once. */
  look(): void {
    const there = this.#look();
    if (there !== this.#known && there !== '') {
      this.#known = there;
      this.#log.say(
        'warning',
        `Portico ${there} was installed under the server while it runs: processes that are started from now on are of that version, and may not understand the others. Start the server anew`,
      );
    }
  }

  /** '' while an installer replaces the files. */
  #look(): string {
    try {
      return this.#read();
    } catch {
      return '';
    }
  }
}
