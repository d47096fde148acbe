/** Where commands print. */
export interface Terminal {
  /** What was asked for. */
  out(text: string): void;
  /** What is to be told beside it. */
  error(text: string): void;
}
