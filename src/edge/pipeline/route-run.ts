/**
 * Runs a request through the plan: nginx's phases, one after another, until something answers. Whatever waits (a disk, a subrequest, a delay) leaves the loop with
 * `VERDICT.pending` and comes back by `resume`; whatever changes the location goes on with an earlier phase.
 *
 *   server's rewrite ─► location ─► its rewrite ─┬─► steps of the scope ─► content
 *          ▲                ▲                    │ the URI has changed
 *          │                └────────────────────┘
 *          └── internal redirects, error pages (named locations: at the location's rewrite)
 */

import type { ErrorLevel } from '../../kernel/error-line.ts';
import type {
  Body,
  BodySink,
  Client,
  Exchange,
  ResponseHead,
  ResponseTimes,
  ResponseWatcher,
} from '../../protocol/http/exchange.ts';
import type { FieldBlock } from '../../protocol/http/fields.ts';
import type { ResponseFields } from '../../protocol/http/response-fields.ts';
import { NO_FIELDS } from '../../protocol/http/response-fields.ts';
import { escapeLog } from '../access-log/line.ts';
import type { AskedPlace } from '../handlers/proxy/asked-place.ts';
import { BoundedBody } from './bounded-body.ts';
import { builtinRefusal } from './builtin-refusal.ts';
import { ChangeBudget } from './change-budget.ts';
import type { ContentFacts } from './content-exchange.ts';
import { ContentExchange } from './content-exchange.ts';
import { Ending } from './ending.ts';
import { errorPageTarget } from './error-page.ts';
import { errorSubject } from './error-subject.ts';
import { withoutConditions } from './fields-seen.ts';
import { GuidedConnection } from './guided-connection.ts';
import { MatchBudget } from './match-budget.ts';
import { nothingSent } from './nothing-sent.ts';
import type { PipelineServices } from './pipeline-services.ts';
import { startPostAction } from './post-action.ts';
import type { ReadBody } from './read-body.ts';
import { redirectFields } from './redirect.ts';
import type {
  CompiledLocation,
  CompiledScope,
  CompiledSite,
  Produce,
  Route,
  SentResponse,
  Step,
  Subrequest,
  SubrequestStart,
} from './route.ts';
import type { RouteStart } from './route-start.ts';
import type { Answering } from './routed-responder.ts';
import { RoutedResponder } from './routed-responder.ts';
import type { Captures } from './subject.ts';
import { tellFault } from './tell-fault.ts';
import type { Verdict } from './verdict.ts';
import { UNSENT_STATUSES, VERDICT } from './verdict.ts';

const PHASE = { serverRewrite: 0, locate: 1, rewrite: 2, steps: 3, content: 4 } as const;
type Phase = (typeof PHASE)[keyof typeof PHASE];

const NO_STEPS: readonly Step[] = [];

export class RouteRun implements Answering, ContentFacts, ResponseWatcher {
  readonly exchange: Exchange;
  readonly site: CompiledSite;
  readonly main: Route;
  readonly parent: Route | undefined;
  readonly services: PipelineServices;
  location: CompiledLocation;
  scope: CompiledScope;
  produce: Produce;
  method: string;
  path: string;
  query: string;
  client: Client;
  captures: Captures | undefined = undefined;
  readonly slots: (string | undefined)[];
  isInternal: boolean;
  isTargetSent: boolean;
  isPathOfLocation = true;
  asked: AskedPlace | undefined = undefined;
  uriChanged = false;
  readonly isQuoted: boolean;
  errorStatus = 0;
  limitRate: number | undefined = undefined;
  charset: string | undefined = undefined;
  askedServers: Route['askedServers'] = undefined;
  readBody: ReadBody | undefined = undefined;
  bodyTap: ((reader: BodySink) => BodySink) | undefined = undefined;
  readonly startedMs: number;
  readonly sent: SentResponse = nothingSent();
  request: Exchange;
  /** The fields that the refusal came with, which the response in its place has too: WWW-Authenticate, Retry-After. */
  refusalFields: ResponseFields = NO_FIELDS;
  keptFields: ResponseFields | undefined;
  /** The content's own watcher. */
  watcher: ResponseWatcher | undefined = undefined;
  answering: RoutedResponder | undefined = undefined;
  isEnded = false;
  #phase: Phase = PHASE.serverRewrite;
  #steps: readonly Step[];
  #at = 0;
  readonly #changes = new ChangeBudget();
  #hasErrorPage = false;
  #isBodyTaken = false;
  #isOver = false;
  #isInStep = false;
  /** A step will go on by `resume`. */
  #isWaiting = false;
  /** The verdict of a step that has gone on before it returned `pending`. */
  #early: Verdict | undefined = undefined;
  readonly #connection: GuidedConnection;
  /** Undefined: nothing has been matched. */
  #budget: MatchBudget | undefined = undefined;
  readonly #ending = new Ending();

  constructor({ exchange, site, path, services, parent, transport }: RouteStart) {
    this.exchange = exchange;
    this.request = exchange;
    this.site = site;
    this.main = parent?.main ?? this;
    this.parent = parent;
    this.services = services;
    this.location = site.own;
    this.scope = site.own.scope;
    this.produce = site.own.produce;
    this.method = exchange.method;
    this.path = path;
    this.query = exchange.query;
    this.client = parent?.client ?? exchange.client;
    this.startedMs = transport?.startedMs || services.clock.monotonicMs();
    this.slots = parent?.slots ?? [];
    this.isInternal = parent !== undefined;
    this.isTargetSent = parent === undefined;
    this.isQuoted = parent === undefined && (exchange.rawPath.includes('%') || exchange.rawPath.includes('+'));
    this.#steps = site.rewrite;
    this.#connection = new GuidedConnection(transport);
    this.#connection.goBy(site.own.connection);
  }

  /** `named`: it begins in the location of this name. */
  start(named?: string): void {
    this.exchange.responder.watch(this);
    this.continueWith(named === undefined ? VERDICT.proceed : this.relocateNamed(named));
  }

  // The phases.

  #go(): void {
    this.#budget?.begin();
    try {
      while (this.#at < this.#steps.length ? this.#heed(this.#ask()) : this.#nextPhase()) {
        // Each turn is one step, or the way to the next phase.
      }
    } catch (error) {
      this.onFault(error);
      this.#answerRefusal(500);
    }
  }

  #ask(): Verdict {
    const step = this.#steps[this.#at];
    this.#at += 1;
    this.#early = undefined;
    this.#isInStep = true;
    try {
      const verdict = step === undefined ? VERDICT.proceed : step(this);
      const now = verdict === VERDICT.pending && this.#early !== undefined ? this.#early : verdict;
      this.#isWaiting = now === VERDICT.pending;
      return now;
    } finally {
      this.#isInStep = false;
    }
  }

  /** Whether the loop goes on. */
  #heed(verdict: Verdict): boolean {
    switch (verdict) {
      case VERDICT.proceed:
      case VERDICT.relocated:
        return true;
      case VERDICT.answered:
      case VERDICT.pending:
        return false;
      default:
        return this.refuse(verdict);
    }
  }

  #nextPhase(): boolean {
    switch (this.#phase) {
      case PHASE.serverRewrite:
        this.uriChanged = false;
        this.#enter(PHASE.locate, NO_STEPS);
        return true;
      case PHASE.locate:
        return this.#locate();
      case PHASE.rewrite:
        return this.#endRewrite();
      case PHASE.steps:
        this.#enter(PHASE.content, NO_STEPS);
        this.#askContent();
        return false;
      case PHASE.content:
        return false;
    }
  }

  #enter(phase: Phase, steps: readonly Step[]): void {
    this.#phase = phase;
    this.#steps = steps;
    this.#at = 0;
  }

  #locate(): boolean {
    const location = this.site.find(this);
    this.#take(location);
    if (location.isInternal && !this.isInternal) {
      return this.refuse(404);
    }
    const { bodyLength } = this.exchange;
    const { bodyBytesMax } = location.scope;
    if (bodyBytesMax !== 0 && bodyLength !== undefined && bodyLength > bodyBytesMax && !this.#isBodyTaken) {
      this.log('error', `client intended to send too large body: ${bodyLength} bytes`);
      // Nobody reads it: not even the content of an error page, whose location may have a limit of its own.
      this.#isBodyTaken = true;
      return this.refuse(413);
    }
    if (location.redirectsTo !== undefined) {
      const to = this.query === '' ? location.redirectsTo : `${location.redirectsTo}?${this.query}`;
      return this.refuse(301, redirectFields(this, to));
    }
    return true;
  }

  #take(location: CompiledLocation): void {
    this.#connection.goBy(location.connection);
    this.location = location;
    this.scope = location.scope;
    this.produce = location.produce;
    // The rewrite of a server's own scope was run already.
    this.#enter(PHASE.rewrite, location.kind === 'site' ? NO_STEPS : location.rewrite);
  }

  #endRewrite(): boolean {
    if (!this.uriChanged) {
      this.#enter(PHASE.steps, this.scope.steps);
      return true;
    }
    this.uriChanged = false;
    if (!this.#changes.take(this)) {
      return this.refuse(500);
    }
    this.#enter(PHASE.locate, NO_STEPS);
    return true;
  }

  #askContent(): void {
    const responder = new RoutedResponder(this, this.exchange.responder);
    const request = new ContentExchange(this.exchange, this, responder);
    this.request = request;
    this.produce(request, this);
  }

  // What the content is told of the request (`ContentFacts`).

  get hasBody(): boolean {
    return (
      this.exchange.hasBody && (this.readBody === undefined ? !this.#isBodyTaken : this.method === this.exchange.method)
    );
  }

  get block(): FieldBlock {
    const { block } = this.exchange;
    return this.errorStatus === 0 && this.main === this ? block : withoutConditions(block);
  }

  onBodyTaken(sink: BodySink): BodySink {
    this.#isBodyTaken = true;
    const { bodyBytesMax } = this.scope;
    const reader = this.bodyTap?.(sink) ?? sink;
    return bodyBytesMax === 0 || this.exchange.bodyLength !== undefined
      ? reader
      : new BoundedBody(reader, bodyBytesMax, () => this.#refuseBody());
  }

  #refuseBody(): void {
    this.log('error', 'client intended to send too large chunked body');
    this.request.responder.refuse(413);
  }

  // What steps and content say.

  log(level: ErrorLevel, message: string): void {
    const { errorLog } = this.scope;
    if (errorLog.hears(level)) {
      errorLog.say(level, message, errorSubject(this));
    }
  }

  countMatch(length: number): void {
    this.#budget ??= new MatchBudget();
    this.#budget.count(length);
  }

  skip(count: number): void {
    this.#at += count;
  }

  resume(verdict: Verdict): void {
    if (this.#isOver) {
      return;
    }
    if (this.#isInStep) {
      this.#early = verdict;
    } else {
      this.#isWaiting = false;
      this.continueWith(verdict);
    }
  }

  continueWith(verdict: Verdict): void {
    if (this.#heed(verdict)) {
      this.#go();
    }
  }

  relocate(path: string, query: string): Verdict {
    if (!this.#changes.take(this)) {
      return 500;
    }
    this.path = path;
    this.query = query;
    this.isInternal = true;
    this.isTargetSent = false;
    this.isPathOfLocation = true;
    this.location = this.site.own;
    this.scope = this.site.own.scope;
    this.#enter(PHASE.serverRewrite, this.site.rewrite);
    return VERDICT.relocated;
  }

  relocateNamed(name: string): Verdict {
    if (!this.#changes.take(this)) {
      return 500;
    }
    const location = this.site.named.get(name);
    if (location === undefined) {
      this.log('error', `could not find named location "${escapeLog(name)}"`);
      return 500;
    }
    this.isInternal = true;
    this.uriChanged = false;
    this.#take(location);
    return VERDICT.relocated;
  }

  redirect(status: number, to: string): Verdict {
    return this.refuseWith(status, redirectFields(this, to));
  }

  refuseWith(status: number, fields: ResponseFields): Verdict {
    this.refusalFields = fields;
    return status;
  }

  /** Answers in place of the content, through edits and filters. */
  answer(head: ResponseHead, body: Body): Verdict {
    new RoutedResponder(this, this.exchange.responder).respond(head, body);
    return VERDICT.answered;
  }

  startSubrequest(start: SubrequestStart): Subrequest | undefined {
    return this.services.startSubrequest(this, start);
  }

  /** Refuses the request; true if an error page has sent it to another location, and it goes on there. */
  refuse(status: number, fields: ResponseFields = NO_FIELDS, detail?: string): boolean {
    if (UNSENT_STATUSES.has(status)) {
      this.sent.status = status; // For logs: nobody is sent it.
      this.exchange.responder.cut();
      return false;
    }
    this.refusalFields = fields.isEmpty ? this.refusalFields : fields;
    this.keptFields = undefined;
    const { errorPages, model } = this.scope;
    if (this.#hasErrorPage || errorPages.size === 0 || this.#changes.isSpent) {
      this.#answerRefusal(status, detail);
      return false;
    }
    this.#hasErrorPage = !model.refusals.isRecursive;
    const page = errorPages.get(status);
    // What the page's address is made of may be the status.
    this.errorStatus = status;
    const target = page === undefined ? undefined : errorPageTarget(page, status, this);
    switch (target?.kind) {
      case undefined:
        this.#answerRefusal(status, detail);
        return false;
      case 'redirect':
        this.refusalFields = redirectFields(this, target.to);
        this.#answerRefusal(target.status);
        return false;
      case 'path':
        this.errorStatus = target.status;
        this.method = this.method === 'HEAD' ? 'HEAD' : 'GET';
        return this.#follow(this.relocate(target.path, target.query));
      case 'named':
        this.errorStatus = target.status;
        return this.#follow(this.relocateNamed(target.name));
    }
  }

  refuseContent(status: number, detail: string | undefined, fields: ResponseFields | undefined): void {
    if (this.#isWaiting) {
      // The transport refuses the request meanwhile (its body is broken, or too slow). The step that waits must not go on with what answers instead, so that is a page of ours.
      this.#isOver = true;
      this.refusalFields = fields ?? NO_FIELDS;
      this.#answerRefusal(status, detail);
      return;
    }
    try {
      if (this.refuse(status, fields, detail)) {
        this.#go();
      }
    } catch (error) {
      this.onFault(error);
      this.#answerRefusal(500);
    }
  }

  onFault(error: unknown): void {
    tellFault(this, this.services, error);
  }

  #follow(verdict: Verdict): boolean {
    if (verdict === VERDICT.relocated) {
      return true;
    }
    this.#answerRefusal(verdict);
    return false;
  }

  #answerRefusal(status: number, detail?: string): void {
    this.errorStatus = 0;
    const { head, body } = builtinRefusal(this, { status, fields: this.refusalFields, detail }, this.services);
    this.refusalFields = NO_FIELDS;
    this.answer(head, body);
  }

  // What the transport tells.

  get times(): ResponseTimes | undefined {
    return this.watcher?.times;
  }

  onDrain(): void {
    this.answering?.onDrain();
  }

  onGone(): void {
    this.#isOver = true;
    this.answering?.onGone();
    this.watcher?.onGone();
  }

  onClientEnd(): boolean {
    return this.watcher?.onClientEnd() ?? false;
  }

  whenOver(callback: () => void): void {
    this.#ending.when(callback);
  }

  hold(): () => void {
    return this.#ending.hold();
  }

  /** To the access logs of the scope, when the response has left or the client has gone. */
  writeLog(): void {
    this.#budget?.begin();
    try {
      this.scope.log?.(this);
    } catch (error) {
      this.onFault(error);
    }
  }

  /** The response has left, or the client has gone. */
  onOver(): void {
    this.#isOver = true;
    this.isEnded = true;
    startPostAction(this);
    this.#ending.come();
  }
}
