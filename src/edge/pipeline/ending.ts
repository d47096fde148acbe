/** The end of a request: what is to be done then, once, when its response has left or its client has gone, and nothing goes on behind it any more. */

export class Ending {
  /** Most requests wait for nothing. */
  #callbacks: (() => void)[] | undefined = undefined;
  #holds = 0;
  #hasCome = false;

  /** At once where nothing is left to wait for: a client may go while a disk is waited for, and what is taken for its request afterwards has to be given back all the same. */
  when(callback: () => void): void {
    this.#callbacks ??= [];
    this.#callbacks.push(callback);
    this.#act();
  }

  /** The end is put off until what this returns is called. */
  hold(): () => void {
    this.#holds += 1;
    return () => {
      this.#holds -= 1;
      this.#act();
    };
  }

  come(): void {
    this.#hasCome = true;
    this.#act();
  }

  /** A callback may put the end off again: those that follow wait for that. */
  #act(): void {
    while (this.#hasCome && this.#holds === 0) {
      const callback = this.#callbacks?.shift();
      if (callback === undefined) {
        return;
      }
      callback();
    }
  }
}
