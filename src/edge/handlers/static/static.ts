/**
 * Static files served by the edge. A file that was looked at within the last second is answered at once, from memory, without a
 * system call; anything else waits for the disk and is answered later. The rules live in files of their own:
 *
 *   mount → resolve → lookup (cache, load-file, open-inside) → answer-file (encodings, conditional, ranges) → the responder
 */

import type { StaticFolder } from '../../../config/model/folders.ts';
import { assert } from '../../../kernel/assert.ts';
import type { Clock } from '../../../kernel/clock.ts';
import { randomBytes } from '../../../kernel/random-bytes.ts';
import type { Exchange, Handler, PartsBody, ResponseHead } from '../../../protocol/http/exchange.ts';
import { fieldsOf, NO_FIELDS } from '../../../protocol/http/response-fields.ts';
import type { FileAnswer } from './answer-file.ts';
import { answerFile, joinParts } from './answer-file.ts';
import type { CacheBounds } from './cache.ts';
import type { StaticCounts } from './counts.ts';
import { newStaticCounts } from './counts.ts';
import { Descriptors } from './descriptors.ts';
import type { Disk } from './disk.ts';
import { nodeDisk } from './disk.ts';
import { AcceptanceMemory } from './encodings.ts';
import type { StaticLog } from './faults.ts';
import { FaultLog } from './faults.ts';
import type { Found, StaticFile } from './load-file.ts';
import { FileLookup } from './lookup.ts';
import type { CompiledMount } from './mount.ts';
import { compileMounts, findMount } from './mount.ts';
import type { Absence, Surroundings } from './open-inside.ts';
import type { LateAnswers, NamedBy, SentAnswer } from './pending-answer.ts';
import { PendingAnswer } from './pending-answer.ts';
import { responseHead } from './representation.ts';
import { RequestFields } from './request-fields.ts';

export interface StaticOptions {
  readonly clock: Clock;
  readonly log: StaticLog;
  /** Asked when a mount with `missing: 'next'` finds out only later that it has no such file: `false` cannot be returned any more. */
  readonly next?: Handler;
  readonly counts?: StaticCounts;
  readonly disk?: Disk;
  /** Bounds of what is kept in memory, if they are others than those of static files. */
  readonly bounds?: CacheBounds;
}

const ALLOW = fieldsOf('Allow: GET, HEAD, OPTIONS\r\n');
const OPTIONS_HEAD: ResponseHead = { status: 204, reason: undefined, fields: ALLOW };
const STATUSES = { missing: 404, forbidden: 403, exhausted: 503, failed: 500 } as const satisfies Record<
  Absence,
  number
>;
/** In seconds: descriptors come back as soon as a response ends. */
const RETRY_AFTER = fieldsOf('Retry-After: 1\r\n');
/** How often a file that has changed between finding and opening it is looked up again. */
const CHANGES_MAX = 6;
/** In so many of these lookups the file has to be unchanged. After that, a file that is written to is served with the size it had. */
const STRICT_CHANGES_MAX = 3;

export function compileStatic(mounts: readonly StaticFolder[], options: StaticOptions): Handler {
  const site = new StaticSite(compileMounts(mounts), options);
  return (exchange) => site.handle(exchange);
}

export class StaticSite implements LateAnswers {
  readonly #mounts: readonly CompiledMount[];
  readonly #clock: Clock;
  readonly #log: StaticLog;
  readonly #next: Handler | undefined;
  readonly #counts: StaticCounts;
  readonly #faults: FaultLog;
  readonly #lookup: FileLookup;
  readonly #descriptors: Descriptors;
  readonly #acceptances = new AcceptanceMemory();
  /** One object for all requests: nothing of it is kept after the answer is decided. */
  readonly #fields = new RequestFields();

  constructor(mounts: readonly CompiledMount[], options: StaticOptions) {
    const { clock, log, next, counts = newStaticCounts(), disk = nodeDisk } = options;
    assert(
      next !== undefined || !mounts.some((mount) => mount.passesMissing),
      'a mount passes what is missing to no handler',
    );
    this.#mounts = mounts;
    this.#clock = clock;
    this.#log = log;
    this.#next = next;
    this.#counts = counts;
    this.#faults = new FaultLog(log, clock);
    const around: Surroundings = {
      disk,
      clock,
      report: (code, path, detail) => this.#faults.report(code, path, detail),
    };
    const onBug = (error: unknown): void => this.onBug(error);
    this.#lookup = new FileLookup(around, counts, onBug, options.bounds);
    this.#descriptors = new Descriptors(around, onBug);
  }

  handle(exchange: Exchange): boolean {
    const mount = findMount(this.#mounts, exchange.path);
    if (mount === undefined) {
      return false;
    }
    const method = exchange.method;
    if (method !== 'GET' && method !== 'HEAD') {
      return this.#answerOther(exchange, mount);
    }
    if (mount.passesMissing && isForNext(exchange, mount)) {
      return false;
    }
    const found = this.#lookup.find(exchange.path);
    if (found === undefined) {
      this.#lookup.wait(exchange.path, mount, new PendingAnswer(this, exchange, mount));
      return true;
    }
    this.#counts.hit += 1;
    if (found.kind === 'file') {
      this.#answerFile(exchange, found, mount, undefined);
      return true;
    }
    return this.#answerAbsent(exchange, found, mount);
  }

  /** Answers with a file that an application has named. `named.path` is below `mount`. */
  sendNamed(exchange: Exchange, mount: CompiledMount, named: NamedBy): void {
    const pending = new PendingAnswer(this, exchange, mount, named);
    const found = this.#lookup.find(named.path);
    if (found === undefined) {
      this.#lookup.wait(named.path, mount, pending);
    } else {
      this.answerLate(pending, found);
    }
  }

  /** An application has named a file that is not there or may not be sent. */
  reportNamed(code: 'static.named-missing' | 'static.named-outside', path: string, detail: string): void {
    this.#faults.report(code, path, detail);
  }

  answerLate(pending: PendingAnswer, found: Found): void {
    const { exchange, mount, named, path } = pending;
    if (found.kind === 'file') {
      this.#answerFile(exchange, named === undefined ? found : named.dress(found), mount, pending);
      return;
    }
    if (named !== undefined) {
      this.reportNamed('static.named-missing', path, found.kind === 'absent' ? found.absence : found.kind);
    }
    exchange.responder.watch(undefined);
    if (!this.#answerAbsent(exchange, found, mount) && this.#next?.(exchange) !== true) {
      exchange.responder.refuse(404);
    }
  }

  lookUpAgain(pending: PendingAnswer): void {
    const { path } = pending;
    this.#lookup.forget(path);
    if (pending.changeCount > CHANGES_MAX) {
      this.#faults.report('static.unsteady', path, 'it is replaced faster than it can be opened');
      this.answerLate(pending, { kind: 'absent', absence: 'failed' });
    } else {
      this.#lookup.wait(path, pending.mount, pending);
    }
  }

  onBug(error: unknown): void {
    this.#log('error', `static files: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }

  #answerFile(exchange: Exchange, file: StaticFile, mount: CompiledMount, pending: PendingAnswer | undefined): void {
    const answer = this.#decide(exchange, file, pending?.named);
    switch (answer.kind) {
      case 'refused':
        exchange.responder.refuse(answer.status, undefined, answer.fields);
        break;
      case 'not-modified':
        exchange.responder.respond(answer.representation.notModified, undefined);
        break;
      case 'whole':
      case 'parts':
        if (answer.representation.bytes !== undefined) {
          sendFromMemory(exchange, answer, answer.representation.bytes);
        } else if (exchange.method === 'HEAD') {
          exchange.responder.respond(answer.representation.whole, unsentBody(answer.representation.size));
        } else {
          this.#sendFromDisk(answer, pending ?? new PendingAnswer(this, exchange, mount));
        }
    }
  }

  #decide(exchange: Exchange, file: StaticFile, named: NamedBy | undefined): FileAnswer {
    const [representation] = file.representations;
    if (named?.isConditional === false && representation !== undefined) {
      return { kind: 'whole', representation };
    }
    const fields = this.#fields;
    fields.read(exchange.block);
    return answerFile(file, fields, {
      isHead: exchange.method === 'HEAD',
      // A file that an application has named has one representation, whatever encodings the client likes better.
      acceptance: this.#acceptances.recall(named === undefined ? fields.acceptEncoding : undefined),
      nowMs: fields.isConditional ? this.#clock.nowMs() : 0,
      makeBoundary,
    });
  }

  #sendFromDisk(answer: SentAnswer, pending: PendingAnswer): void {
    pending.answer = answer;
    this.#descriptors.take(answer.representation, pending, pending.changeCount >= STRICT_CHANGES_MAX);
  }

  #answerOther(exchange: Exchange, mount: CompiledMount): boolean {
    if (mount.passesMissing) {
      // Whether there is such a file or not, the next handler may have a use for the method.
      return false;
    }
    if (exchange.method === 'OPTIONS') {
      exchange.responder.respond(OPTIONS_HEAD, undefined);
    } else {
      exchange.responder.refuse(405, undefined, ALLOW);
    }
    return true;
  }

  /** Answers for a path without a file, or returns false: the next handler is asked. */
  #answerAbsent(exchange: Exchange, found: Exclude<Found, StaticFile>, mount: CompiledMount): boolean {
    if (found.kind === 'directory') {
      redirectToDirectory(exchange);
      return true;
    }
    this.#counts[found.absence] += 1;
    if (mount.passesMissing && (found.absence === 'missing' || found.absence === 'forbidden')) {
      return false;
    }
    exchange.responder.refuse(
      STATUSES[found.absence],
      undefined,
      found.absence === 'exhausted' ? RETRY_AFTER : NO_FIELDS,
    );
    return true;
  }
}

/**
 * Whether the next handler gets the request whatever the disk holds. A body could not be kept for it while the disk is asked, and a handshake wants no file.
 */
function isForNext({ path, hasBody, handshake }: Exchange, { isAsked }: CompiledMount): boolean {
  return hasBody || handshake !== undefined || isAsked?.(path) === true;
}

function sendFromMemory({ responder }: Exchange, answer: SentAnswer, bytes: Buffer): void {
  if (answer.kind === 'whole') {
    responder.respond(answer.representation.whole, bytes);
  } else {
    responder.respond(answer.parts.head, joinParts(answer.parts, bytes));
  }
}

/** A body for HEAD: it has a length and no bytes. */
function unsentBody(length: number): PartsBody {
  return { kind: 'parts', length, parts: [], release: () => undefined };
}

/** Relative links of an index work only below its directory. */
function redirectToDirectory({ rawPath, query, responder }: Exchange): void {
  // The redirect is relative, because a proxy may have taken away the path in front (--root-path). The dot keeps a colon in the name from ending a scheme, and
  // no path of two slashes can name another host (RFC 3986 4.2).
  const name = rawPath.slice(rawPath.lastIndexOf('/') + 1);
  responder.respond(responseHead(301, `Location: ./${name}/${query === '' ? '' : `?${query}`}\r\n`), undefined);
}

/** RFC 2046 5.1.1: must not occur in what it separates; 96 random bits do not. */
function makeBoundary(): string {
  return randomBytes(12).toString('hex');
}
