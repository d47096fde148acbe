/** Sessions of TLS with servers, the one used last first to stay. */
export class SessionStore {
  readonly #sessions = new Map<string, Buffer>();
  readonly #countMax: number;

  constructor(countMax: number) {
    this.#countMax = countMax;
  }

  find(key: string): Buffer | undefined {
    const session = this.#sessions.get(key);
    if (session !== undefined) {
      this.#sessions.delete(key);
      this.#sessions.set(key, session);
    }
    return session;
  }

  keep(key: string, session: Buffer): void {
    this.#sessions.delete(key);
    this.#sessions.set(key, session);
    const [oldest] = this.#sessions.keys();
    if (oldest !== undefined && this.#sessions.size > this.#countMax) {
      this.#sessions.delete(oldest);
    }
  }

  get count(): number {
    return this.#sessions.size;
  }
}
