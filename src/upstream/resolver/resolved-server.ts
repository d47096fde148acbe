/** A server whose name is looked up again as often as its addresses are too old. */

import type { UpstreamServer } from '../../config/model/upstream.ts';
import { isEqual } from '../../kernel/is-equal.ts';
import type { LastAnswers } from './last-answers.ts';
import type { NameAnswer, NameCache } from './name-cache.ts';

export interface ResolvedServerParts {
  readonly server: UpstreamServer;
  readonly names: NameCache;
  readonly last: LastAnswers;
  /** Under which `last` has its servers. */
  readonly key: string;
  readonly onChanged: () => void;
  /** A line for the error log. */
  readonly onFailed: (text: string) => void;
}

/** Behind the end of an answer, so that the next question is not answered with it. */
const BEHIND_MS = 1;
/** setTimeout takes no more. */
const TIMER_MAX_MS = 0x7fffffff;
/** One that fails is looked up again after so long, and after twice as long each time: until nginx's own times, which alone would leave an upstream empty for half a minute when a name server begins a second later. */
const AGAIN_MS = 1000;
const ABSENT_AGAIN_MAX_MS = 10_000;

export class ResolvedServer {
  readonly #parts: ResolvedServerParts;
  #timer: NodeJS.Timeout | undefined;
  #againMs = AGAIN_MS;
  #isClosed = false;

  constructor(parts: ResolvedServerParts) {
    this.#parts = parts;
    void this.#look();
  }

  async #look(): Promise<void> {
    const { names, server } = this.#parts;
    const answer = await names.lookUp(server.host, server.service);
    if (this.#isClosed) {
      return;
    }
    this.#tell(answer);
    if (answer.kind === 'found') {
      this.#use(answer.servers);
    } else if (answer.isAbsent) {
      this.#use([]);
    }
    this.#timer = setTimeout(() => void this.#look(), Math.min(TIMER_MAX_MS, this.#waitMs(answer)));
    this.#timer.unref();
  }

  #tell(answer: NameAnswer): void {
    const { server, onFailed } = this.#parts;
    const { host, service } = server;
    for (const text of answer.lost ?? []) {
      onFailed(`${text} while resolving service ${service} of ${host}`);
    }
    if (answer.kind === 'failed') {
      const what = service === '' ? host : `service ${service} of ${host}`;
      onFailed(`${what} could not be resolved (${answer.reason})`);
    }
  }

  /** A name that nobody can tell anything about keeps what it had. */
  #use(servers: Extract<NameAnswer, { readonly kind: 'found' }>['servers']): void {
    const { last, key, onChanged } = this.#parts;
    const before = last.of(key);
    last.keep(key, servers);
    if (!isEqual(last.of(key), before)) {
      onChanged();
    }
  }

  #waitMs(answer: NameAnswer): number {
    const { nowMs, rules } = this.#parts.names;
    if (answer.kind === 'found') {
      this.#againMs = AGAIN_MS;
      return Math.max(0, answer.untilMs - nowMs) + BEHIND_MS;
    }
    const longestMs = answer.isAbsent ? (rules.validMs ?? ABSENT_AGAIN_MAX_MS) : Math.max(AGAIN_MS, rules.timeoutMs);
    const waitMs = Math.min(this.#againMs, longestMs);
    this.#againMs = 2 * waitMs;
    return waitMs;
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }
}
