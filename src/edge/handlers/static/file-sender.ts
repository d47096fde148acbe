/**
 * Sends files. One that was looked at a moment ago is sent at once, from memory, without a system call; anything else waits for the disk and is answered later.
 * Whoever asks has found the folder and the path in it, and takes over where there is no file.
 *
 *   lookup (cache, load-file, open-file) → answer-file (encodings, conditional, ranges) → the responder
 */

import type { Clock } from '../../../kernel/clock.ts';
import { randomBytes } from '../../../kernel/random-bytes.ts';
import type { Exchange, PartsBody } from '../../../protocol/http/exchange.ts';
import type { FileAnswer } from './answer-file.ts';
import { answerFile, chooseRepresentation, joinParts, lengthOf } from './answer-file.ts';
import type { CacheBounds } from './cache.ts';
import type { StaticCounts } from './counts.ts';
import { newStaticCounts } from './counts.ts';
import { Descriptors } from './descriptors.ts';
import type { Disk } from './disk.ts';
import { nodeDisk } from './disk.ts';
import { AcceptanceMemory } from './encodings.ts';
import type { FaultCode, StaticLog } from './faults.ts';
import { FaultLog } from './faults.ts';
import type { Folder } from './folder.ts';
import type { Found, StaticFile } from './load-file.ts';
import type { LookupWaiter } from './lookup.ts';
import { FileLookup } from './lookup.ts';
import type { Surroundings } from './open-file.ts';
import type { FileRequest, LateAnswers, SendManner, SentAnswer } from './pending-answer.ts';
import { PendingAnswer } from './pending-answer.ts';
import { RequestFields } from './request-fields.ts';

export interface SenderOptions {
  readonly clock: Clock;
  readonly log: StaticLog;
  readonly counts?: StaticCounts;
  readonly disk?: Disk;
  /** Bounds of what is kept in memory, if they are others than those of static files. */
  readonly bounds?: CacheBounds;
}

/** How often a file that has changed between finding and opening it is looked up again. */
const CHANGES_MAX = 6;
/** In so many of these lookups the file has to be unchanged. After that, a file that is written to is served with the size it had. */
const STRICT_CHANGES_MAX = 3;

export class FileSender implements LateAnswers {
  readonly counts: StaticCounts;
  readonly around: Surroundings;
  readonly #clock: Clock;
  readonly #log: StaticLog;
  readonly #lookup: FileLookup;
  readonly #descriptors: Descriptors;
  readonly #acceptances = new AcceptanceMemory();
  /** One object for all requests: nothing of it is kept after the answer is decided. */
  readonly #fields = new RequestFields();

  constructor({ clock, log, counts = newStaticCounts(), disk = nodeDisk, bounds }: SenderOptions) {
    this.#clock = clock;
    this.#log = log;
    this.counts = counts;
    const faults = new FaultLog(log, clock);
    this.around = { disk, clock, report: (code, path, detail) => faults.report(code, path, detail) };
    const onBug = (error: unknown): void => this.onBug(error);
    this.#lookup = new FileLookup(this.around, counts, onBug, bounds);
    this.#descriptors = new Descriptors(this.around, onBug);
  }

  /** What is known of a path now; undefined: the disk must be asked. */
  find(folder: Folder, path: string): Found | undefined {
    const found = this.#lookup.find(folder, path);
    if (found !== undefined) {
      this.counts.hit += 1;
    }
    return found;
  }

  /** Asks the disk what a path leads to. `waiter` is told once, and never before `wait` has returned. */
  wait(folder: Folder, path: string, waiter: LookupWaiter): void {
    this.#lookup.wait(folder, path, waiter);
  }

  /** Answers with a file that was found, unless its bytes are on disk: then the answer is false, and `fetch` is the way. */
  sendFromMemory(exchange: Exchange, file: StaticFile, manner: SendManner): boolean {
    const answer = this.#decide(exchange, file, manner);
    return this.#answerAtOnce(exchange, answer) === undefined;
  }

  /** Answers with a file of which nothing is known, or whose bytes are on disk. */
  fetch(request: FileRequest, found: Found | undefined): void {
    const pending = new PendingAnswer(this, request);
    if (found === undefined) {
      this.#lookup.wait(request.folder, request.path, pending);
    } else {
      this.answerLate(pending, found);
    }
  }

  answerLate(pending: PendingAnswer, found: Found): void {
    const { request } = pending;
    const { exchange, named, manner } = request;
    if (found.kind !== 'file') {
      exchange.responder.watch(undefined);
      request.onAbsent(found);
      return;
    }
    const answer = this.#decide(exchange, named === undefined ? found : named.dress(found), manner);
    const sent = this.#answerAtOnce(exchange, answer);
    if (sent !== undefined) {
      pending.answer = sent;
      this.#descriptors.take(sent.representation, pending, pending.changeCount >= STRICT_CHANGES_MAX);
    }
  }

  lookUpAgain(pending: PendingAnswer): void {
    const { folder, path } = pending.request;
    this.#lookup.forget(folder, path);
    if (pending.changeCount > CHANGES_MAX) {
      this.report('static.unsteady', path, 'it is replaced faster than it can be opened');
      this.answerLate(pending, { kind: 'absent', absence: 'failed', code: '', isThere: true });
    } else {
      this.#lookup.wait(folder, path, pending);
    }
  }

  /** `path` may hold anything that a client sent. */
  report(code: FaultCode, path: string, detail: string): void {
    this.around.report(code, path, detail);
  }

  onBug(error: unknown): void {
    this.#log('error', `static files: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }

  /** Undefined, or what is to be sent from disk. */
  #answerAtOnce({ method, responder }: Exchange, answer: FileAnswer): SentAnswer | undefined {
    switch (answer.kind) {
      case 'refused':
        responder.refuse(answer.status, undefined, answer.fields);
        return undefined;
      case 'not-modified':
        responder.respond(answer.representation.notModified, undefined);
        return undefined;
      case 'whole': {
        const { bytes, size, whole } = answer.representation;
        if (bytes === undefined && method !== 'HEAD') {
          return answer;
        }
        responder.respond(whole, bytes ?? unsentBody(size));
        return undefined;
      }
      case 'parts': {
        const { bytes } = answer.representation;
        if (bytes === undefined && method !== 'HEAD') {
          return answer;
        }
        const { parts } = answer;
        responder.respond(parts.head, bytes === undefined ? unsentBody(lengthOf(parts)) : joinParts(parts, bytes));
        return undefined;
      }
    }
  }

  #decide(exchange: Exchange, file: StaticFile, { isConditional, isRanged, isNegotiated }: SendManner): FileAnswer {
    const fields = this.#fields;
    fields.read(exchange.block);
    const acceptance = this.#acceptances.recall(isNegotiated ? fields.acceptEncoding : undefined);
    if (!isConditional) {
      const representation = chooseRepresentation(file, acceptance);
      if (representation !== undefined) {
        return { kind: 'whole', representation };
      }
    }
    return answerFile(file, fields, {
      isHead: exchange.method === 'HEAD',
      isRanged,
      acceptance,
      nowMs: fields.isConditional ? this.#clock.nowMs() : 0,
      makeBoundary,
    });
  }
}

/** A body for HEAD: it has a length and no bytes. */
function unsentBody(length: number): PartsBody {
  return { kind: 'parts', length, parts: [], release: () => undefined };
}

/** RFC 2046 5.1.1: must not occur in what it separates; 96 random bits do not. */
function makeBoundary(): string {
  return randomBytes(12).toString('hex');
}
