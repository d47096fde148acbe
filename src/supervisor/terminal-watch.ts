/**
 * The terminal that shows the log. When its window is closed, or the connection that it came by is cut, the kernel or the shell sends SIGHUP, which otherwise
 * asks for a reload: a server that went on would hold its address where nobody sees it.
 *
 * A terminal may also go without that signal: a shell that ends leaves its jobs in the background alone, and so does `disown`. Such a server goes on, and a
 * SIGHUP that comes later is a reload as everywhere. A log that goes to a file or to nobody (`nohup`, a service manager) has no terminal to lose.
 */

export class TerminalWatch {
  readonly #isTerminal: () => boolean;
  /** missing: the terminal has gone, and the signal of that may still be on its way. */
  #state: 'there' | 'missing' | 'none';

  /** `isTerminal`: whether standard error is a terminal now. One that has gone is none. */
  constructor(isTerminal: () => boolean) {
    this.#isTerminal = isTerminal;
    this.#state = isTerminal() ? 'there' : 'none';
  }

  get isNeeded(): boolean {
    return this.#state !== 'none';
  }

  /** Called now and then: a terminal that is found missing twice has gone without a signal. */
  look(): void {
    if (this.#state !== 'none' && !this.#isTerminal()) {
      this.#state = this.#state === 'there' ? 'missing' : 'none';
    }
  }

  /** Asked when SIGHUP comes: whether it is the terminal's end that has sent it. */
  hasHungUp(): boolean {
    return this.#state !== 'none' && !this.#isTerminal();
  }
}

/** Standard error, where the log is. */
export function isTerminal(): boolean {
  return process.getBuiltinModule('node:tty').isatty(2);
}
