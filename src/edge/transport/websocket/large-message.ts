/** A message that is too large to be taken in before the application waits for it: keeps what is to be done once the application does. */

export class LargeMessage {
  #mayGoOn: (() => boolean) | undefined;
  #goOn: (() => void) | undefined;

  get isWaiting(): boolean {
    return this.#goOn !== undefined;
  }

  /** `goOn` follows at once, or at a `retry`. */
  ask(mayGoOn: () => boolean, goOn: () => void): void {
    this.#mayGoOn = mayGoOn;
    this.#goOn = goOn;
    this.retry();
  }

  /** True: the message waits no longer. */
  retry(): boolean {
    const goOn = this.#goOn;
    if (goOn === undefined || this.#mayGoOn?.() !== true) {
      return false;
    }
    this.drop();
    goOn();
    return true;
  }

  drop(): void {
    this.#mayGoOn = undefined;
    this.#goOn = undefined;
  }
}
