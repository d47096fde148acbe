/**
 * Takes typed values out of a message of a child, and remembers the first key that was wrong. A child runs an application or speaks with strangers, so what it
 * says may be anybody's: shape and size are checked before the supervisor, which has more rights, acts by it.
 */

export const MESSAGE_LIMITS = {
  /** Names, paths, sentences. The longest path that Linux takes has 4,096 bytes, and what is escaped of it four times as many characters. */
  textLengthMax: 16_384,
  /** Tracebacks and pages, of a message that has at most 4 MiB. */
  longTextLengthMax: 4_194_304,
  /** Of a list: folders, warnings, hosts. Sites have a few. */
  itemsMax: 10_000,
} as const;

export class MessageFields {
  readonly #record: Readonly<Record<string, unknown>>;
  readonly #root: MessageFields;
  #wrong: string | undefined;

  constructor(record: Readonly<Record<string, unknown>>, root?: MessageFields) {
    this.#record = record;
    this.#root = root ?? this;
  }

  get wrong(): string | undefined {
    return this.#root.#wrong;
  }

  has(key: string): boolean {
    return this.#record[key] !== undefined && this.#record[key] !== null;
  }

  text(key: string, fallback?: string): string {
    return this.#text(key, fallback, MESSAGE_LIMITS.textLengthMax);
  }

  longText(key: string, fallback?: string): string {
    return this.#text(key, fallback, MESSAGE_LIMITS.longTextLengthMax);
  }

  optionalText(key: string): string | null {
    return this.has(key) ? this.text(key) : null;
  }

  choice<T extends string>(key: string, choices: readonly T[], fallback?: T): T {
    const value = this.#record[key] ?? fallback;
    return choices.find((choice) => choice === value) ?? this.fault(key, (fallback ?? choices[0]) as T);
  }

  /** A whole number, 0 or more: a count, an id, a process. */
  number(key: string): number {
    const value = this.#record[key];
    return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : this.fault(key, 0);
  }

  /** A whole number, perhaps below 0. */
  integer(key: string): number {
    const value = this.#record[key];
    return typeof value === 'number' && Number.isSafeInteger(value) ? value : this.fault(key, 0);
  }

  optionalNumber(key: string): number | null {
    return this.has(key) ? this.number(key) : null;
  }

  /** A span of time, 0 or more, perhaps with a fraction. */
  span(key: string): number {
    const value = this.#record[key];
    return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : this.fault(key, 0);
  }

  boolean(key: string): boolean {
    const value = this.#record[key];
    return typeof value === 'boolean' ? value : this.fault(key, false);
  }

  isTrue(key: string): boolean {
    return this.#record[key] === true;
  }

  texts(key: string): readonly string[] {
    const isText = (item: unknown) => typeof item === 'string' && item.length <= MESSAGE_LIMITS.textLengthMax;
    const items = this.#items(key);
    // Each was checked.
    return items.every(isText) ? (items as readonly string[]) : this.fault(key, []);
  }

  records(key: string): MessageFields[] {
    return this.#items(key).map((item) => this.#inside(item, key));
  }

  record(key: string): MessageFields {
    return this.#inside(this.#record[key], key);
  }

  /** The value of this key is wrong; `value` stands for it in a message that nobody will see. */
  fault<T>(key: string, value: T): T {
    this.#root.#wrong ??= key;
    return value;
  }

  #text(key: string, fallback: string | undefined, lengthMax: number): string {
    const value = this.#record[key] ?? fallback;
    return typeof value === 'string' && value.length <= lengthMax ? value : this.fault(key, '');
  }

  #items(key: string): readonly unknown[] {
    const value = this.#record[key] ?? [];
    return Array.isArray(value) && value.length <= MESSAGE_LIMITS.itemsMax ? value : this.fault(key, []);
  }

  #inside(value: unknown, key: string): MessageFields {
    const isRecord = typeof value === 'object' && value !== null;
    // A record of unknown values, as just checked.
    const record = isRecord ? (value as Readonly<Record<string, unknown>>) : this.fault(key, {});
    return new MessageFields(record, this.#root);
  }
}
