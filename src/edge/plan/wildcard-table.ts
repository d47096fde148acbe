/**
 * Values by names of hosts that have a star: the longest suffix (`*.example.com`) is taken, else the longest prefix (`www.example.*`). A walk over the labels of a
 * host, however many names there are.
 */

export class WildcardTable<T> {
  /** `.example.com`: with the dot in front, as it stands in the host. */
  readonly #suffixes = new Map<string, T>();
  /** `www.example.`: with the dot behind. */
  readonly #prefixes = new Map<string, T>();

  get isEmpty(): boolean {
    return this.#suffixes.size === 0 && this.#prefixes.size === 0;
  }

  /** `name`: in lower case, with or without the star: `*.example.com`, `.example.com`, `www.example.*`, `www.example.`. Of equal names the first counts. */
  add(name: string, value: T): void {
    const text = name.replace(/^\*|\*$/, '');
    const table = text.startsWith('.') ? this.#suffixes : this.#prefixes;
    if (!table.has(text)) {
      table.set(text, value);
    }
  }

  find(host: string): T | undefined {
    return (
      (this.#suffixes.size === 0 ? undefined : this.#bySuffix(host)) ??
      (this.#prefixes.size === 0 ? undefined : this.#byPrefix(host))
    );
  }

  #bySuffix(host: string): T | undefined {
    for (let dot = host.indexOf('.'); dot !== -1; dot = host.indexOf('.', dot + 1)) {
      const found = this.#suffixes.get(host.slice(dot));
      if (found !== undefined) {
        return found;
      }
    }
    return undefined;
  }

  #byPrefix(host: string): T | undefined {
    for (let dot = host.lastIndexOf('.', host.length - 2); dot > 0; dot = host.lastIndexOf('.', dot - 1)) {
      const found = this.#prefixes.get(host.slice(0, dot + 1));
      if (found !== undefined) {
        return found;
      }
    }
    return undefined;
  }
}
