/**
 * Where the content of a location answers to. A refusal goes to the error pages of the scope; everything else is edited and filtered as the scope says, and then
 * given to the responder below: the transport's, or that of a subrequest.
 */

import { forbidsBody } from '../../protocol/http/bodiless-status.ts';
import type {
  Body,
  BorrowedBody,
  FilePart,
  Responder,
  ResponseHead,
  ResponseWatcher,
  Tunnel,
  TunnelSink,
  WebSocketAccept,
  WebSocketSession,
  WebSocketSink,
} from '../../protocol/http/exchange.ts';
import { releaseBody } from '../../protocol/http/release-body.ts';
import type { ResponseFields } from '../../protocol/http/response-fields.ts';
import type { Answer } from './filters/answer.ts';
import type { ChainEvents } from './filters/body-chain.ts';
import { BodyChain } from './filters/body-chain.ts';
import type { Transform } from './filters/body-writer.ts';
import type { AnswerEdit, Filter, Route, SentResponse } from './route.ts';

/** What the responder needs of the runner. */
export interface Answering extends Route {
  refusalFields: ResponseFields;
  watcher: ResponseWatcher | undefined;
  /** The responder whose answer counts. */
  answering: RoutedResponder | undefined;
  /** The response has left, or the client has gone. */
  readonly isEnded: boolean;
  readonly sent: SentResponse;
  refuseContent(status: number, detail: string | undefined, fields: ResponseFields | undefined): void;
}

interface Edited {
  readonly head: ResponseHead;
  readonly length: number | undefined;
  readonly body: Body;
}

const NO_EDITS: readonly AnswerEdit[] = [];
/** The statuses of a response that tells when its content was changed. */
const DATED: ReadonlySet<number> = new Set([200, 206, 304]);

export class RoutedResponder implements Responder {
  readonly #route: Answering;
  readonly #below: Responder;
  #chain: BodyChain | undefined = undefined;
  #hasBegun = false;

  constructor(route: Answering, below: Responder) {
    this.#route = route;
    this.#below = below;
    route.answering = this;
  }

  /** Another content has been asked since, or the client has gone: what this one says goes nowhere. An error page would be asked, and counted, for nobody, and a rate kept for hours. */
  #isStale(): boolean {
    return this.#route.answering !== this || this.#route.isEnded;
  }

  get hasCaughtUp(): boolean {
    return this.#chain === undefined ? this.#below.hasCaughtUp : this.#chain.isIdle && this.#below.hasCaughtUp;
  }

  watch(watcher: ResponseWatcher | undefined): void {
    if (!this.#isStale()) {
      this.#route.watcher = watcher;
    }
  }

  respond(head: ResponseHead, body: Body): void {
    if (this.#isStale() || this.#hasBegun) {
      releaseBody(body);
      return;
    }
    const filters = this.#filters();
    const fixed = this.#fix(head);
    const length = body === undefined ? 0 : body.length;
    if (this.#isLeftAlone(filters)) {
      this.#note(fixed, length, length);
      this.#route.sent.isComplete = true;
      this.#below.respond(fixed, body);
      return;
    }
    const edited = this.#edit(fixed, length, body, filters);
    if (edited === undefined) {
      releaseBody(body);
    } else if (this.#chain === undefined && edited.length === (edited.body?.length ?? 0)) {
      this.#note(edited.head, edited.length, edited.length);
      this.#route.sent.isComplete = true;
      this.#below.respond(edited.head, edited.body);
    } else {
      this.#note(edited.head, 0, edited.length);
      this.#below.begin(edited.head, edited.length);
      this.#writeWhole(edited.body);
    }
  }

  #writeWhole(body: Body): void {
    if (this.#chain === undefined) {
      // HEAD, or a status without a body: the filters have changed what is said of it.
      releaseBody(body);
      this.#route.sent.isComplete = true;
      this.#below.end();
    } else {
      this.#chain.writeWhole(body);
    }
  }

  begin(head: ResponseHead, length: number | undefined): void {
    if (this.#isStale() || this.#hasBegun) {
      return;
    }
    const edited = this.#editHead(head, length);
    if (edited !== undefined) {
      this.#below.begin(edited.head, edited.length);
    }
  }

  /** Of a response whose body follows, or has none of HTTP. Undefined: it was refused, and another one is on its way. */
  #editHead(head: ResponseHead, length: number | undefined): Pick<Edited, 'head' | 'length'> | undefined {
    const filters = this.#filters();
    const fixed = this.#fix(head);
    const edited = this.#isLeftAlone(filters) ? { head: fixed, length } : this.#edit(fixed, length, undefined, filters);
    if (edited !== undefined) {
      this.#note(edited.head, 0, edited.length);
    }
    return edited;
  }

  #note(head: ResponseHead, bodyBytes: number, length: number | undefined): void {
    this.#hasBegun = true;
    const { sent } = this.#route;
    sent.status = head.status;
    sent.head = head;
    sent.length = length;
    sent.bodyBytes = bodyBytes;
  }

  #filters(): readonly Filter[] {
    const { scope, request, limitRate, charset } = this.#route;
    const isUsual = limitRate === undefined && charset === undefined && !request.block.hasConditions;
    return isUsual ? scope.usualFilters : scope.filters;
  }

  /** With the changes of the scope that are the same for each request. */
  #fix(head: ResponseHead): ResponseHead {
    const { scope, errorStatus, keptFields, parent } = this.#route;
    const own = errorStatus === 0 ? head : errorHead(head, errorStatus);
    // What is added to responses is for clients: an answer of 401 to auth_request brings the fields that it has by itself.
    const edited = (parent === undefined ? scope.headEdit?.(own) : undefined) ?? own;
    return keptFields === undefined ? edited : { ...edited, fields: inPlaceOf(edited.fields, keptFields) };
  }

  #isLeftAlone(filters: readonly Filter[]): boolean {
    const { scope, refusalFields, parent } = this.#route;
    const isEdited = parent === undefined && (scope.answerEdits.length > 0 || scope.trailers !== undefined);
    return filters.length === 0 && !isEdited && refusalFields.isEmpty;
  }

  /** Asks the scope what becomes of the response. The chain of transforms is there afterwards, if it has any. Undefined: it was refused, and another one is on its way. */
  #edit(fixed: ResponseHead, length: number | undefined, whole: Body, filters: readonly Filter[]): Edited | undefined {
    const route = this.#route;
    const { scope, refusalFields } = route;
    const hasBody = route.method !== 'HEAD' && !forbidsBody(fixed.status);
    const answer: Answer = {
      status: fixed.status,
      reason: fixed.reason,
      fields: refusalFields.isEmpty ? fixed.fields : fixed.fields.and(withoutThose(refusalFields, fixed.fields)),
      length,
      hasBody,
      takesRanges: fixed.takesRanges === true && (whole !== undefined || fixed.isProxied === true),
      isProxied: fixed.isProxied === true,
      whole,
      isTransformed: false,
      refusal: undefined,
    };
    // Fields that are added may be made of those that are there ($sent_http_content_type).
    route.sent.status = answer.status;
    route.sent.head = answer;
    route.sent.length = answer.length;
    for (const edit of route.parent === undefined ? scope.answerEdits : NO_EDITS) {
      edit(answer, route);
    }
    const transforms: Transform[] = [];
    for (const filter of filters) {
      const transform = filter(answer, route);
      if (transform !== undefined) {
        transforms.push(transform);
        answer.isTransformed = true;
      }
    }
    if (answer.refusal !== undefined) {
      route.refuseContent(answer.refusal.status, undefined, answer.refusal.fields);
      return undefined;
    }
    const plainLength = answer.whole === whole ? length : answer.whole?.length;
    if (answer.hasBody && route.parent === undefined && scope.trailers?.follow(answer.status, route) === true) {
      answer.length = undefined;
    }
    if (answer.hasBody && (transforms.length > 0 || answer.length !== plainLength)) {
      this.#chain = new BodyChain(transforms, this.#below, this.#chainEvents(), length === undefined);
    }
    return { head: headOf(fixed, answer), length: answer.length, body: answer.whole };
  }

  #chainEvents(): ChainEvents {
    const route = this.#route;
    return {
      onSent: (bytes) => {
        route.sent.bodyBytes += bytes;
      },
      onDrain: () => route.watcher?.onDrain(),
      onEnd: () => this.#complete(),
      onFault: (error) => route.onFault(error),
    };
  }

  /** Before the last byte leaves: trailers stand in front of the end. */
  #complete(): void {
    const route = this.#route;
    route.sent.isComplete = true;
    const trailers = route.parent === undefined ? route.scope.trailers?.of(route.sent.status, route) : undefined;
    if (trailers !== undefined) {
      this.trail(route.sent.trailers?.and(trailers) ?? trailers);
    }
  }

  write(bytes: Buffer | BorrowedBody): boolean {
    if (this.#isStale()) {
      return true;
    }
    if (this.#chain !== undefined) {
      return this.#chain.write(bytes);
    }
    this.#route.sent.bodyBytes += bytes.length;
    return this.#below.write(bytes);
  }

  writeFile(part: FilePart, sent: () => void): void {
    if (this.#isStale()) {
      sent();
    } else if (this.#chain === undefined) {
      this.#route.sent.bodyBytes += part.length;
      this.#below.writeFile(part, sent);
    } else {
      this.#chain.writeFile(part, sent);
    }
  }

  hint(fields: ResponseFields): boolean {
    return this.#isStale() || this.#below.hint(fields);
  }

  trail(fields: ResponseFields): void {
    if (!this.#isStale()) {
      this.#route.sent.trailers = fields;
      this.#below.trail(fields);
    }
  }

  end(): void {
    if (this.#isStale()) {
      return;
    }
    if (this.#chain === undefined) {
      this.#complete();
      this.#below.end();
    } else {
      this.#chain.end();
    }
  }

  cut(): void {
    if (this.#isStale()) {
      return;
    }
    if (this.#chain === undefined) {
      this.#below.cut();
    } else {
      this.#chain.cut();
    }
  }

  /** The transport has room again. */
  onDrain(): void {
    if (this.#chain === undefined) {
      this.#route.watcher?.onDrain();
    } else {
      this.#chain.onDrain();
    }
  }

  onGone(): void {
    this.#chain?.drop();
  }

  acceptWebSocket(accept: WebSocketAccept, sink: WebSocketSink): WebSocketSession {
    return this.#below.acceptWebSocket(accept, sink);
  }

  switchProtocols(head: ResponseHead, sink: TunnelSink): Tunnel | undefined {
    if (this.#isStale() || this.#hasBegun) {
      return undefined;
    }
    const edited = this.#editHead(head, undefined);
    return edited === undefined ? undefined : this.#below.switchProtocols(edited.head, sink);
  }

  takeOver(status: number, sink: TunnelSink): Tunnel | undefined {
    return this.#isStale() ? undefined : this.#below.takeOver(status, sink);
  }

  refuse(status: number, detail?: string, fields?: ResponseFields): void {
    if (!this.#isStale() && !this.#hasBegun) {
      this.#route.refuseContent(status, detail, fields);
    }
  }
}

/** Whose status is that of the error, and not of what a Last-Modified would be told for (RFC 9110 8.8.2: of the representation that was asked for). */
function errorHead(head: ResponseHead, status: number): ResponseHead {
  const fields = DATED.has(status) ? head.fields : head.fields.without('last-modified');
  return { ...head, status, reason: undefined, fields };
}

/** What the head of a response was changed to last. The same change is the same object, which is rendered once. */
const changed = new WeakMap<ResponseHead, ResponseHead>();

function headOf(before: ResponseHead, { status, reason, fields }: Answer): ResponseHead {
  if (isHead(before, status, reason, fields)) {
    return before;
  }
  const known = changed.get(before);
  if (known !== undefined && isHead(known, status, reason, fields)) {
    return known;
  }
  const fresh = { ...before, status, reason, fields };
  changed.set(before, fresh);
  return fresh;
}

function isHead(head: ResponseHead, status: number, reason: string | undefined, fields: ResponseFields): boolean {
  return head.fields === fields && head.status === status && head.reason === reason;
}

/** Fields of a refusal that the page in its place does not say itself. */
function withoutThose(fields: ResponseFields, present: ResponseFields): ResponseFields {
  const repeated = fields.lines.filter(({ lower }) => present.has(lower)).map(({ lower }) => lower);
  return repeated.length === 0 ? fields : fields.without(...repeated);
}

/** One field of a name takes the place of all that there were. */
function inPlaceOf(fields: ResponseFields, kept: ResponseFields): ResponseFields {
  return fields.without(...kept.lines.map(({ lower }) => lower)).and(kept);
}
