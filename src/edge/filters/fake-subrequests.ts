/** Subrequests made up for tests: what each path answers, at once or later. */

import type { ResponseHead } from '../../protocol/http/exchange.ts';
import { NO_FIELDS } from '../../protocol/http/response-fields.ts';
import type { Subrequest, SubrequestStart } from '../pipeline/route.ts';
import { fakeRoute } from './fake-writers.ts';

interface FakeRunning {
  readonly start: SubrequestStart;
  readonly subrequest: Subrequest;
  rest: Buffer;
}

export class FakeSubrequests {
  drains = 0;
  cancels = 0;
  /** Path and query of each that was started. */
  readonly asked: string[] = [];
  readonly #answers: Readonly<Record<string, string>>;
  readonly #isLate: boolean;
  #running: FakeRunning | undefined;

  /** By path; a path that is missing cannot be started. One that is marked `404 ` has that status. */
  constructor(answers: Readonly<Record<string, string>>, isLate = false) {
    this.#answers = answers;
    this.#isLate = isLate;
  }

  start(start: SubrequestStart): Subrequest | undefined {
    const text = this.#answers[start.path];
    this.asked.push(start.query === '' ? start.path : `${start.path}?${start.query}`);
    if (text === undefined) {
      return undefined;
    }
    const status = text.startsWith('404 ') ? 404 : 200;
    const body = Buffer.from(status === 404 ? text.slice(4) : text, 'latin1');
    const head: ResponseHead = { status, reason: undefined, fields: NO_FIELDS };
    const subrequest: Subrequest = {
      route: fakeRoute(),
      head,
      body: start.into === undefined && body.length <= (start.bytesMax ?? 0) ? body : Buffer.alloc(0),
      isComplete: true,
      drained: () => {
        this.drains += 1;
      },
      cancel: () => {
        this.cancels += 1;
      },
    };
    const running = { start, subrequest, rest: start.into === undefined ? Buffer.alloc(0) : body };
    this.#running = running;
    if (this.#isLate) {
      setImmediate(() => this.#finish(running));
    } else {
      this.#finish(running);
    }
    return subrequest;
  }

  /** Gives so many bytes of the answer of the last that was started. */
  give(bytes: number): boolean {
    const running = this.#running;
    if (running === undefined) {
      throw new Error('no subrequest runs');
    }
    const part = running.rest.subarray(0, bytes);
    running.rest = running.rest.subarray(bytes);
    return running.start.into?.write(part) ?? true;
  }

  #finish(running: FakeRunning): void {
    if (this.cancels > 0) {
      return;
    }
    if (running.subrequest.head !== undefined) {
      running.start.into?.onHead?.(running.subrequest.head);
    }
    if (running.rest.length > 0) {
      running.start.into?.write(running.rest);
    }
    running.start.onEnd(running.subrequest);
  }
}
