/** A row of the table of what people write who come from another server. The table is habits.ts. */

export interface Habit {
  readonly names: readonly string[];
  /** Whose it is. */
  readonly of: string;
  /** How the value is called; undefined for a switch. */
  readonly value?: string;
  /** The row is about such values alone. A name that is ours as well is told only then. */
  readonly when?: RegExp;
  /**
   * What is written instead, `{}` being the value: flags, or one of the words of the application's name and address that several habits make
   * together ("host {}", "port {}", "app {}", "callable {}", "factory"). '': it is left out.
   */
  readonly becomes: string;
  /** Where more is to be said than what is written instead: a sentence without its end. */
  readonly why?: string;
}
