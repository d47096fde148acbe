// A B C A B C …: every contender is ready before the first round, and one at a time is under load, so that what else
// the machine does in a minute falls on all of them alike.

export interface Sample {
  /** In the unit of the case. */
  readonly value: number;
  /** Where transfers are too long to be counted whole. */
  readonly bytesPerSecond?: number;
  /** Time of the processor a request, over all processes of the server; undefined where that means nothing. */
  readonly cpuUs?: number;
  readonly cpuUsPerMb?: number;
  /** Seconds of the processor in a second, of the server and of the load. */
  readonly serverCores?: number;
  readonly loadCores?: number;
  /** What went wrong; empty when nothing did. */
  readonly faults: string;
}

export interface Contender {
  readonly name: string;
  measure(): Promise<Sample>;
}

export interface Measured {
  readonly name: string;
  /** One for each round; none when the contender could not be started. */
  readonly samples: readonly Sample[];
  /** Why it could not be started. */
  readonly failure?: string;
}

export async function interleave(contenders: readonly Contender[], rounds: number): Promise<Measured[]> {
  const measured = contenders.map(({ name }) => ({ name, samples: [] as Sample[] }));
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, contender] of contenders.entries()) measured[index]?.samples.push(await contender.measure());
  }
  return measured;
}
