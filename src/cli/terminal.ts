/** Where commands print. */
export interface Terminal {
  /** What was asked for; bytes as they are. */
  out(text: string | Uint8Array): void;
  /** False: nobody reads any more what `out` prints, as behind `| head`. */
  readonly hasReader: boolean;
  /** What is to be told beside it. */
  error(text: string): void;
  /** A person reads what `error` prints. */
  readonly isWatched: boolean;
  /** That person's terminal has colours, and they are wanted (no-color.org). */
  readonly hasColours: boolean;
}
