/** A request that waits for the disk: first for the lookup, then, if the file is large, for a descriptor of it. */

import type { Exchange, ResponseTimes, ResponseWatcher } from '../../../protocol/http/exchange.ts';
import type { FileAnswer, PartialContent } from './answer-file.ts';
import { fileParts } from './answer-file.ts';
import type { DescriptorTaker, SharedDescriptor } from './descriptors.ts';
import type { Found, StaticFile } from './load-file.ts';
import type { LookupWaiter } from './lookup.ts';
import type { CompiledMount } from './mount.ts';
import type { Absence } from './open-inside.ts';

/** Takes waiting requests back when the disk has answered. */
export interface LateAnswers {
  answerLate(pending: PendingAnswer, found: Found): void;
  /** The file that was found could not be opened: it is gone, or another one by now. */
  lookUpAgain(pending: PendingAnswer): void;
  onBug(error: unknown): void;
}

/** How an application has named a file. */
export interface NamedBy {
  readonly path: string;
  /** Puts the application's own fields on the answer. */
  readonly dress: Dress;
  /** The client's conditions and ranges are obeyed. */
  readonly isConditional: boolean;
  /** The times of the application. */
  readonly times: ResponseTimes | undefined;
}

export type Dress = (file: StaticFile) => StaticFile;

export type SentAnswer = Extract<FileAnswer, { kind: 'whole' | 'parts' }>;

export class PendingAnswer implements LookupWaiter, DescriptorTaker, ResponseWatcher {
  readonly exchange: Exchange;
  readonly mount: CompiledMount;
  /** The path of the file, as it is looked up. */
  readonly path: string;
  /** How the application has named the file; undefined: the client has asked for it. */
  readonly named: NamedBy | undefined;
  /** What to send once there is a descriptor. */
  answer: SentAnswer | undefined;
  /** How often the file changed between finding and opening it. */
  changeCount = 0;
  /** The times of the application that has named the file, if one has. */
  readonly times: ResponseTimes | undefined;
  readonly #owner: LateAnswers;
  #isGone = false;

  constructor(owner: LateAnswers, exchange: Exchange, mount: CompiledMount, named?: NamedBy) {
    this.#owner = owner;
    this.exchange = exchange;
    this.mount = mount;
    this.path = named?.path ?? exchange.path;
    this.named = named;
    this.times = named?.times;
    exchange.responder.watch(this);
  }

  onFound(found: Found): void {
    this.#unlessGone(() => this.#owner.answerLate(this, found));
  }

  onOpened(descriptor: SharedDescriptor): void {
    const { answer, exchange } = this;
    if (this.#isGone || answer === undefined) {
      descriptor.release();
      return;
    }
    const parts = answer.kind === 'parts' ? answer.parts : wholeFile(answer);
    const body = fileParts(parts, descriptor.fd, () => descriptor.release());
    this.#unlessGone(() => exchange.responder.respond(parts.head, body));
  }

  onUnopened(reason: Absence | 'changed'): void {
    this.#unlessGone(() => {
      if (reason === 'changed' || reason === 'missing') {
        this.changeCount += 1;
        this.#owner.lookUpAgain(this);
      } else {
        this.#owner.answerLate(this, { kind: 'absent', absence: reason });
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
      this.exchange.responder.cut();
    }
  }
}

function wholeFile({ representation }: SentAnswer): PartialContent {
  return { head: representation.whole, ranges: [{ offset: 0, length: representation.size }], around: undefined };
}
