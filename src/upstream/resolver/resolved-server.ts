/** A server whose name is looked up again as often as its addresses are too old. */

import type { UpstreamServer } from '../../config/model/upstream.ts';
import { isEqual } from '../../kernel/is-equal.ts';
import type { NameAnswer, NameCache } from './name-cache.ts';

export interface ResolvedServerEvents {
  /** The cache has other addresses now. */
  readonly onChanged: () => void;
  /** A line for the error log. */
  readonly onFailed: (text: string) => void;
}

/** Behind the end of an answer, so that the next question is not answered with it. */
const BEHIND_MS = 1;
/** setTimeout takes no more. */
const TIMER_MAX_MS = 0x7fffffff;

export class ResolvedServer {
  readonly #server: UpstreamServer;
  readonly #names: NameCache;
  readonly #events: ResolvedServerEvents;
  #last: NameAnswer | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(server: UpstreamServer, names: NameCache, events: ResolvedServerEvents) {
    this.#server = server;
    this.#names = names;
    this.#events = events;
    this.#last = names.last(server.host, server.service);
    void this.#look();
  }

  async #look(): Promise<void> {
    const { host, service } = this.#server;
    const answer = await this.#names.lookUp(host, service);
    if (this.#isClosed) {
      return;
    }
    if (answer.kind === 'failed') {
      const what = service === '' ? host : `service ${service} of ${host}`;
      this.#events.onFailed(`${what} could not be resolved (${answer.reason})`);
    }
    const now = this.#names.last(host, service);
    if (!isEqual(serversOf(now), serversOf(this.#last))) {
      this.#events.onChanged();
    }
    this.#last = now;
    const waitMs = Math.max(0, answer.untilMs - this.#names.nowMs) + BEHIND_MS;
    this.#timer = setTimeout(() => void this.#look(), Math.min(TIMER_MAX_MS, waitMs));
    this.#timer.unref();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }
}

function serversOf(answer: NameAnswer | undefined): unknown {
  return answer?.kind === 'found' ? answer.servers : [];
}
