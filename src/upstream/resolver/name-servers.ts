/** The name servers of a `resolver`, asked by this thread: names that are looked up at the same time, and who answers them. */

import type { Resolver as Rules } from '../../config/model/upstream.ts';
import type { Clock } from '../../kernel/clock.ts';
import { randomBytes } from '../../kernel/random-bytes.ts';
import type { QuestionType } from '../../protocol/dns/record-types.ts';
import { TIMED_OUT } from '../../protocol/dns/response-codes.ts';
import type { NameReply } from './dns-question.ts';
import { DnsQuestion } from './dns-question.ts';
import { RESOLVER_LIMITS } from './limits.ts';
import type { OpenNameLine } from './name-line.ts';
import { openNameLine } from './name-line.ts';
import { NameServerList } from './name-server-list.ts';
import type { SystemLookup } from './system-names.ts';

export interface AskedName {
  /** In small letters; one that can be asked for. */
  readonly name: string;
  /** All of them are asked for at the same time, of the same server. */
  readonly types: readonly QuestionType[];
  /** Somebody still waits: otherwise the name servers are not asked again. */
  readonly isWanted: () => boolean;
}

export interface NameServers {
  /** The replies by their types, or the first that failed. */
  ask(asked: AskedName): Promise<readonly NameReply[]>;
}

export interface NameServersParts {
  readonly rules: Pick<Rules, 'servers'>;
  readonly lookup: SystemLookup;
  readonly clock: Clock;
  readonly log: (text: string) => void;
  /** Sockets, but in tests. */
  readonly open?: OpenNameLine;
}

/** Ids are taken from so many random bytes, read at a time. */
const RANDOM_BYTES = 512;

export class DnsNameServers implements NameServers {
  readonly #parts: NameServersParts;
  readonly #list: NameServerList;
  /** In the order in which they were asked. */
  readonly #open = new Set<readonly DnsQuestion[]>();
  #random: Buffer = Buffer.alloc(0);

  constructor(parts: NameServersParts) {
    this.#parts = parts;
    const { lookup, clock, rules, log } = parts;
    this.#list = new NameServerList({ servers: rules.servers, lookup, clock, log, onFound: () => this.#askAll() });
  }

  ask({ name, types, isWanted }: AskedName): Promise<readonly NameReply[]> {
    const { promise, resolve } = Promise.withResolvers<readonly NameReply[]>();
    const replies: (NameReply | undefined)[] = types.map(() => undefined);
    const first = this.#list.begin();
    const questions: readonly DnsQuestion[] = types.map(
      (type, index) =>
        new DnsQuestion({
          ...{ name, type, first, isWanted, servers: this.#list, log: this.#parts.log },
          open: this.#parts.open ?? openNameLine,
          newId: () => this.#newId(),
          onOver: (reply) => {
            replies[index] = reply;
            const whole = reply.kind === 'failed' ? [reply] : replies.filter((each) => each !== undefined);
            if (reply.kind === 'failed' || whole.length === types.length) {
              this.#close(questions);
              resolve(whole);
            }
          },
        }),
    );
    this.#makeRoom();
    this.#open.add(questions);
    for (const question of questions) {
      question.ask();
    }
    return promise;
  }

  #makeRoom(): void {
    const [oldest] = this.#open;
    if (oldest !== undefined && this.#open.size >= RESOLVER_LIMITS.questionsMax) {
      // The first that has no reply yet fails for all of them.
      for (const question of oldest) {
        question.fail(TIMED_OUT);
      }
    }
  }

  #close(questions: readonly DnsQuestion[]): void {
    this.#open.delete(questions);
    for (const question of questions) {
      question.close();
    }
  }

  #askAll(): void {
    for (const question of [...this.#open].flat()) {
      question.ask();
    }
  }

  #newId(): number {
    if (this.#random.length < 2) {
      this.#random = randomBytes(RANDOM_BYTES);
    }
    const id = this.#random.readUInt16BE();
    this.#random = this.#random.subarray(2);
    return id;
  }
}
