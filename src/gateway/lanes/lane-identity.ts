/** Whose lane it is, as its HELLO has said. */
export interface LaneIdentity {
  readonly worker: number;
  /** The worker's name, as the log has it. */
  readonly name: string;
  readonly unit: number;
  /** Index of the unit in the tables of units. */
  readonly slot: number;
  readonly pid: number;
}
