/**
 * One question for records of a name, put to the name servers in turn until one of them answers. Whoever wants to answer in the place of a name server has to know the port and the id of the question,
 * both at random for each server; and what comes has to repeat the question. Anything else is told to the log, and waited on: the real answer may still come.
 */

import { systemWords } from '../../kernel/system-words.ts';
import type { DnsAnswer } from '../../protocol/dns/answer-of.ts';
import { answerOf } from '../../protocol/dns/answer-of.ts';
import type { DnsResponse } from '../../protocol/dns/parse-response.ts';
import { parseResponse } from '../../protocol/dns/parse-response.ts';
import type { QuestionType } from '../../protocol/dns/record-types.ts';
import { QUESTION_TYPES } from '../../protocol/dns/record-types.ts';
import { renderQuestion } from '../../protocol/dns/render-question.ts';
import { describeCode, FORMAT_ERROR, REFUSED, TIMED_OUT } from '../../protocol/dns/response-codes.ts';
import { RESOLVER_LIMITS } from './limits.ts';
import type { NameLine, NameServer, OpenNameLine } from './name-line.ts';
import type { NameServerList } from './name-server-list.ts';

/** `code` as in `describeCode`. */
export type NameReply = DnsAnswer | { readonly kind: 'failed'; readonly code: number };

export interface DnsQuestionParts {
  /** In small letters; one that can be asked for. */
  readonly name: string;
  readonly type: QuestionType;
  readonly servers: NameServerList;
  /** With which of them it begins. */
  readonly first: number;
  readonly open: OpenNameLine;
  /** From 0 to 65535, at random. */
  readonly newId: () => number;
  /** Somebody still waits. */
  readonly isWanted: () => boolean;
  readonly log: (text: string) => void;
  /** Once, and not before `ask` has returned. */
  readonly onOver: (reply: NameReply) => void;
}

interface Asked {
  readonly server: NameServer;
  readonly id: number;
  readonly line: NameLine;
}

export class DnsQuestion {
  readonly #parts: DnsQuestionParts;
  #at: number;
  /** By the name of the server: one that is asked again is asked the same, so that a late answer counts. */
  readonly #asked = new Map<string, Asked>();
  #isTcp = false;
  #misses = 0;
  /** Servers that could not be asked, or did not understand, since the last time that all were waited for. */
  #lost = 0;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;

  constructor(parts: DnsQuestionParts) {
    this.#parts = parts;
    this.#at = parts.first;
  }

  /** Asks the server whose turn it is. */
  ask(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#askNext(), RESOLVER_LIMITS.askAgainMs);
    this.#timer.unref();
    const server = this.#parts.servers.at(this.#at);
    if (server !== undefined) {
      this.#askServer(server);
    }
  }

  #askServer(server: NameServer): void {
    const known = this.#asked.get(server.name);
    if (known !== undefined && this.#isTcp) {
      this.#drop(known); // A connection carries one question.
    }
    const asked = this.#asked.get(server.name) ?? this.#open(server);
    const { name, type } = this.#parts;
    const message = renderQuestion(asked.id, name, type);
    if (message !== undefined) {
      asked.line.send(message);
    }
  }

  #open(server: NameServer): Asked {
    const line = this.#parts.open(server, this.#isTcp, {
      onMessage: (message) => this.#read(asked, message),
      onLost: (error) => this.#lose(asked, error),
    });
    const asked: Asked = { server, id: this.#parts.newId(), line };
    this.#asked.set(server.name, asked);
    return asked;
  }

  #drop({ server, line }: Asked): void {
    this.#asked.delete(server.name);
    line.close();
  }

  #askNext(): void {
    const { servers } = this.#parts;
    servers.noteSilence(servers.at(this.#at));
    if (!this.#parts.isWanted()) {
      this.fail(TIMED_OUT);
      return;
    }
    this.#lost = 0;
    this.#at += 1;
    this.ask();
  }

  // What comes.

  #read(asked: Asked, message: Buffer): void {
    if (this.#isOver) {
      return;
    }
    const response = parseResponse(message);
    const { name } = this.#parts;
    if (response.kind === 'invalid') {
      this.#miss(asked, response.text);
    } else if (response.id !== asked.id) {
      this.#miss(asked, `wrong ident ${response.id} in DNS response for ${name}, expect ${asked.id}`);
    } else if (response.code === FORMAT_ERROR || response.code > REFUSED) {
      this.#parts.log(`DNS error (${describeCode(response.code)}), query id:${asked.id}, name:"${name}"`);
      this.#passOver(asked, response.code);
    } else if (!this.#isOfQuestion(response)) {
      this.#miss(asked, `unexpected DNS response for ${response.question?.name ?? name}`);
    } else {
      this.#take(asked, response);
    }
  }

  #isOfQuestion({ question }: DnsResponse): boolean {
    return question?.name === this.#parts.name && question.type === QUESTION_TYPES[this.#parts.type];
  }

  #take(asked: Asked, response: DnsResponse): void {
    const { name, type, servers, log } = this.#parts;
    if (response.isTruncated) {
      if (this.#isTcp) {
        this.#miss(asked, `invalid TCP DNS response ${asked.id}`);
      } else {
        this.#goOnOverTcp(asked.server);
      }
      return;
    }
    const answered = response.code === 0 ? answerOf(response, name, type) : undefined;
    if (typeof answered === 'string') {
      this.#miss(asked, answered);
      return;
    }
    servers.noteAnswer(asked.server);
    for (const kind of new Set(answered?.strange)) {
      log(`unexpected RR type ${kind} in DNS response`);
    }
    this.#end(answered?.answer ?? { kind: 'failed', code: response.code });
  }

  #miss(asked: Asked, text: string): void {
    this.#parts.log(`${text} while resolving, resolver: ${asked.server.name}`);
    this.#misses += 1;
    if (!this.#isTcp && this.#misses >= RESOLVER_LIMITS.missesMax) {
      this.#parts.log(
        `${this.#misses} datagrams were no answer to the question for ${this.#parts.name}, which goes on over TCP while resolving, resolver: ${asked.server.name}`,
      );
      this.#goOnOverTcp(asked.server);
    }
  }

  #goOnOverTcp(server: NameServer): void {
    this.#isTcp = true;
    for (const asked of this.#asked.values()) {
      this.#drop(asked);
    }
    this.#askServer(server);
  }

  #lose(asked: Asked, error: Error | undefined): void {
    if (this.#isOver || this.#asked.get(asked.server.name) !== asked) {
      return;
    }
    this.#asked.delete(asked.server.name);
    const { log, servers } = this.#parts;
    const why = error === undefined ? 'name server closed connection' : describe(error, asked.server);
    log(`${why} while resolving, resolver: ${asked.server.name}`);
    servers.noteSilence(asked.server);
    this.#passOver(asked, undefined);
  }

  /** Another server may do better. `code`: what it is if none does; undefined: they are all waited for, and asked again. */
  #passOver(asked: Asked, code: number | undefined): void {
    const { servers } = this.#parts;
    this.#lost += 1;
    if (this.#lost < servers.count) {
      if (servers.at(this.#at)?.name === asked.server.name) {
        this.#at += 1;
        this.ask();
      }
    } else if (code !== undefined) {
      this.#end({ kind: 'failed', code });
    }
  }

  fail(code: number): void {
    this.#end({ kind: 'failed', code });
  }

  #end(reply: NameReply): void {
    if (!this.#isOver) {
      this.close();
      this.#parts.onOver(reply);
    }
  }

  /** Nothing is heard of it any more. */
  close(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    for (const { line } of this.#asked.values()) {
      line.close();
    }
    this.#asked.clear();
  }
}

function describe(error: NodeJS.ErrnoException, { name }: NameServer): string {
  return error.syscall === 'connect'
    ? `connect() to ${name} failed (${systemWords(error)})`
    : `recv() failed (${systemWords(error)})`;
}
