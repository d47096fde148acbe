/** What goes on behind the requests of a plan, from when it is run until the last request that has begun in it is over: names are looked up, servers are checked. */

export interface Background {
  begin(): void;
  close(): void;
}

export class PlanLifetime {
  readonly #backgrounds: Background[] = [];

  add(background: Background): void {
    this.#backgrounds.push(background);
  }

  begin(): void {
    for (const background of this.#backgrounds) {
      background.begin();
    }
  }

  close(): void {
    for (const background of this.#backgrounds.splice(0)) {
      background.close();
    }
  }
}
