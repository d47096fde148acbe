/**
 * A request of our own below one of a client's: for `auth_request`, includes, mirrors. It is an exchange like any other, which begins with the server's rewrite; what it
 * is answered with is collected, or passed on bit by bit, and nothing of it reaches the client by itself.
 */

import type { BodySink, Client, Exchange, Origin, ResponseHead } from '../../protocol/http/exchange.ts';
import type { FieldBlock } from '../../protocol/http/fields.ts';
import type { Peer } from '../../protocol/http/peer.ts';
import type { HttpVersion } from '../../protocol/http/version.ts';
import { escapeLog } from '../access-log/line.ts';
import { withoutConditions } from './fields-seen.ts';
import type { PipelineServices } from './pipeline-services.ts';
import type { Route, Subrequest, SubrequestStart } from './route.ts';
import { RouteRun } from './route-run.ts';
import { SubrequestResponder } from './subrequest-responder.ts';

/** How deep they may lie in each other, as in nginx. */
const DEPTH_MAX = 50;
/** How many a client's request may have: a page of includes has tens, and each costs what a request costs. */
const COUNT_MAX = 2000;
/** Mirrors that are slower than what they mirror would pile up; each keeps the head of its request, and perhaps a body of a megabyte. */
const BACKGROUND_MAX = 512;
const CANCELLED = 499;

const counts = new WeakMap<Route, number>();

export function startSubrequest(
  parent: Route,
  start: SubrequestStart,
  services: PipelineServices,
): Subrequest | undefined {
  const count = (counts.get(parent.main) ?? 0) + 1;
  counts.set(parent.main, count);
  if (count > COUNT_MAX || depthOf(parent) >= DEPTH_MAX) {
    parent.log('error', `subrequests cycle while processing "${escapeLog(start.path)}"`);
    return undefined;
  }
  const subrequest = new RunningSubrequest(parent, start, services);
  if (start.isBackground === true) {
    return startBackground(subrequest, parent.main);
  }
  // The client may have gone already: then it is cancelled before it has begun.
  parent.main.whenOver(() => subrequest.cancel());
  subrequest.run();
  return subrequest;
}

/** So many are at work for all requests of the thread, whose clients have their answers and may send the next ones. */
let backgroundCount = 0;

function startBackground(subrequest: RunningSubrequest, main: Route): Subrequest | undefined {
  if (backgroundCount >= BACKGROUND_MAX) {
    main.log('warn', `${BACKGROUND_MAX} subrequests go on in the background: no further one is started`);
    return undefined;
  }
  backgroundCount += 1;
  const release = main.hold();
  subrequest.onOver = () => {
    backgroundCount -= 1;
    release();
  };
  subrequest.run();
  return subrequest;
}

function depthOf(route: Route): number {
  let depth = 0;
  for (let at: Route | undefined = route.parent; at !== undefined; at = at.parent) {
    depth += 1;
  }
  return depth;
}

class RunningSubrequest implements Subrequest {
  readonly route: RouteRun;
  readonly #responder: SubrequestResponder;
  readonly #start: SubrequestStart;
  #isOver = false;
  /** Called once, however it ends. */
  onOver: () => void = () => undefined;

  constructor(parent: Route, start: SubrequestStart, services: PipelineServices) {
    this.#start = start;
    this.#responder = new SubrequestResponder({
      into: start.into,
      bytesMax: start.bytesMax ?? 0,
      onEnd: () => this.#end(),
      onFault: (error) => services.onBug('a subrequest', error),
    });
    const exchange = new SubrequestExchange(parent.exchange, start, this.#responder);
    this.route = new RouteRun({ exchange, site: parent.site, path: start.path, services, parent });
    exchange.route = this.route;
  }

  run(): void {
    if (!this.#isOver) {
      this.route.start(this.#start.named);
    }
  }

  get head(): ResponseHead | undefined {
    return this.#responder.head;
  }
  get body(): Buffer {
    return this.#responder.body;
  }
  get isComplete(): boolean {
    return this.#responder.isComplete;
  }

  drained(): void {
    this.#responder.drained();
  }

  cancel(): void {
    if (!this.#isOver) {
      this.#isOver = true;
      this.#responder.cancel(CANCELLED);
      this.route.onGone();
      this.#close();
      this.onOver();
    }
  }

  #end(): void {
    if (!this.#isOver) {
      this.#isOver = true;
      this.#close();
      this.#start.onEnd(this);
      this.onOver();
    }
  }

  #close(): void {
    if (this.route.scope.model.logsSubrequests === true) {
      this.route.writeLog();
    }
    this.route.onOver();
  }
}

class SubrequestExchange implements Exchange {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly hasBody: boolean;
  readonly block: FieldBlock;
  readonly handshake = undefined;
  readonly expectsContinue = false;
  responder: SubrequestResponder;
  route: object | undefined;
  scriptName = '';
  readonly #client: Exchange;
  readonly #body: Buffer | undefined;
  /** Who reads the body has it, and has to ask for its end. */
  #waiting: BodySink | undefined;

  constructor(client: Exchange, start: SubrequestStart, responder: SubrequestResponder) {
    this.#client = client;
    this.method = start.method ?? 'GET';
    this.path = start.path;
    this.query = start.query;
    this.#body = start.body;
    this.hasBody = start.body !== undefined && start.body.length > 0;
    this.block = withoutConditions(client.block);
    this.responder = responder;
  }

  get target(): string {
    return this.#client.target;
  }
  get rawPath(): string {
    return this.#client.rawPath;
  }
  get host(): string {
    return this.#client.host;
  }
  get hasTargetAuthority(): boolean {
    return this.#client.hasTargetAuthority;
  }
  get version(): HttpVersion {
    return this.#client.version;
  }
  get peer(): Peer {
    return this.#client.peer;
  }
  get client(): Client {
    return this.#client.client;
  }
  get origin(): Origin {
    return this.#client.origin;
  }
  get requestId(): string {
    return this.#client.requestId;
  }
  get bodyLength(): number | undefined {
    return this.#body?.length;
  }

  readBody(sink: BodySink): void {
    if (this.#body === undefined || sink.data(this.#body)) {
      sink.end();
    } else {
      this.#waiting = sink;
    }
  }
  resumeBody(): void {
    const sink = this.#waiting;
    this.#waiting = undefined;
    sink?.end();
  }
}
