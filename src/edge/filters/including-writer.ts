/** The frame of filters that put what subrequests answer into a body: the body waits, and the answer passes by at the client's pace. */

import type { Subrequest, SubrequestOutput } from '../pipeline/route.ts';
import { ScanningWriter } from './scanning-writer.ts';

/** Starts a subrequest whose body goes into `into`; undefined: it could not be started. */
export type StartInclusion = (into: SubrequestOutput, onEnd: (ended: Subrequest) => void) => Subrequest | undefined;

export abstract class IncludingWriter extends ScanningWriter {
  #running: Subrequest | undefined;

  /** The answer stands where the body is now, and the body goes on behind it. `onEnd` is called before. False: nothing was started. */
  protected include(start: StartInclusion, onEnd?: (ended: Subrequest) => void): boolean {
    let hasEnded = false;
    this.pause();
    const running = start(
      {
        write: (bytes) => {
          this.put(bytes);
          return this.sendPut();
        },
      },
      (ended) => {
        hasEnded = true;
        this.#running = undefined;
        onEnd?.(ended);
        this.resume();
      },
    );
    if (running === undefined) {
      this.resume();
      return false;
    }
    if (!hasEnded) {
      this.#running = running;
    }
    return true;
  }

  protected override onRoom(): void {
    this.#running?.drained();
  }

  protected override onOver(): void {
    const running = this.#running;
    this.#running = undefined;
    running?.cancel();
  }
}
