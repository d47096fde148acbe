/** What logs tell of one attempt to reach a server. Times in milliseconds; undefined: it did not come to that. */
export interface UpstreamState {
  readonly name: string;
  connectMs: number | undefined;
  firstByteMs: number | undefined;
  sessionMs: number | undefined;
  sentBytes: number;
  receivedBytes: number;
}
