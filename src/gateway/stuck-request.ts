/** A request that has run for longer than it may: its worker is given up. */
export interface StuckRequest {
  readonly worker: number;
  readonly pid: number;
  readonly unit: number;
  readonly requestId: string;
  readonly method: string;
  readonly path: string;
  readonly seconds: number;
  /** The whole event loop stands, not this request alone. */
  readonly isLoop: boolean;
}
