/** A request that waits for the disk: first for the lookup, then, if the file is large, for a descriptor of it. */

import type { Exchange, ResponseTimes, ResponseWatcher } from '../../../protocol/http/exchange.ts';
import type { FileAnswer, PartialContent } from './answer-file.ts';
import { fileParts } from './answer-file.ts';
import type { DescriptorTaker, SharedDescriptor } from './descriptors.ts';
import type { Folder } from './folder.ts';
import type { Found, StaticFile } from './load-file.ts';
import type { LookupWaiter } from './lookup.ts';
import type { Absent } from './open-file.ts';

/** Takes waiting requests back when the disk has answered. */
export interface LateAnswers {
  answerLate(pending: PendingAnswer, found: Found): void;
  /** The file that was found could not be opened: it is gone, or another one by now. */
  lookUpAgain(pending: PendingAnswer): void;
  onBug(error: unknown): void;
}

/** A request for a file that cannot be answered from memory. */
export interface FileRequest {
  readonly exchange: Exchange;
  readonly folder: Folder;
  /** Of the file, below the folder. */
  readonly path: string;
  readonly manner: SendManner;
  /** How an application has named the file; undefined: the client has asked for it. */
  readonly named: NamedBy | undefined;
  /** There is no file to be sent. */
  onAbsent(found: NoFile): void;
}

export type NoFile = Exclude<Found, StaticFile>;

/** What of a request's fields bears on the answer. */
export interface SendManner {
  /** Conditions. An application that names a file may have answered with a status that they do not fit to. */
  readonly isConditional: boolean;
  /** Ranges; they may be the business of a filter. */
  readonly isRanged: boolean;
  /** Whether a compressed representation may be chosen. */
  readonly isNegotiated: boolean;
}

/** How an application has named a file. */
export interface NamedBy {
  /** Puts the application's own fields on the answer. */
  readonly dress: Dress;
  /** The times of the application. */
  readonly times: ResponseTimes | undefined;
}

export type Dress = (file: StaticFile) => StaticFile;

export type SentAnswer = Extract<FileAnswer, { kind: 'whole' | 'parts' }>;

export class PendingAnswer implements LookupWaiter, DescriptorTaker, ResponseWatcher {
  readonly request: FileRequest;
  /** What to send once there is a descriptor. */
  answer: SentAnswer | undefined;
  /** How often the file changed between finding and opening it. */
  changeCount = 0;
  readonly times: ResponseTimes | undefined;
  readonly #owner: LateAnswers;
  #isGone = false;

  constructor(owner: LateAnswers, request: FileRequest) {
    this.#owner = owner;
    this.request = request;
    this.times = request.named?.times;
    request.exchange.responder.watch(this);
  }

  onFound(found: Found): void {
    this.#unlessGone(() => this.#owner.answerLate(this, found));
  }

  onOpened(descriptor: SharedDescriptor): void {
    const { answer } = this;
    const { exchange } = this.request;
    if (this.#isGone || answer === undefined) {
      descriptor.release();
      return;
    }
    const parts = answer.kind === 'parts' ? answer.parts : wholeFile(answer);
    const body = fileParts(parts, descriptor.fd, () => descriptor.release());
    this.#unlessGone(() => exchange.responder.respond(parts.head, body));
  }

  onUnopened(reason: Absent | 'changed'): void {
    this.#unlessGone(() => {
      if (reason === 'changed' || reason.absence === 'missing') {
        this.changeCount += 1;
        this.#owner.lookUpAgain(this);
      } else {
        this.#owner.answerLate(this, reason);
      }
    });
  }

  onDrain(): void {
    // Nothing was held back for a slow client, so nothing follows.
  }

  onGone(): void {
    this.#isGone = true;
  }

  /** A client that has closed its sending side may still read. */
  onClientEnd(): boolean {
    return false;
  }

  /** The disk calls back with no handler above that would contain an error of ours to its exchange. */
  #unlessGone(act: () => void): void {
    if (this.#isGone) {
      return;
    }
    try {
      act();
    } catch (error) {
      this.#owner.onBug(error);
      this.request.exchange.responder.cut();
    }
  }
}

function wholeFile({ representation }: SentAnswer): PartialContent {
  return { head: representation.whole, ranges: [{ offset: 0, length: representation.size }], around: undefined };
}
