/**
 * One request on its way through the plan, and the shapes of the plan that it goes through. They name each other, so they stand in one file; what makes them is in
 * `edge/plan/`, what runs them in `run.ts`.
 *
 * A plain `serve` has none of it: its sites have one location without rules, whose `Produce` is called with the exchange alone.
 */

import type { Scope } from '../../config/model/scope.ts';
import type { Body, BodySink, Client, Exchange, ResponseHead } from '../../protocol/http/exchange.ts';
import type { ResponseFields } from '../../protocol/http/response-fields.ts';
import type { ErrorLog } from '../error-log/error-log.ts';
import type { AskedPlace } from '../handlers/proxy/asked-place.ts';
import type { SplitPath } from '../handlers/proxy/script-path.ts';
import type { TransportRules } from '../transport/transport-rules.ts';
import type { AskedServers } from './asked-servers.ts';
import type { Answer } from './filters/answer.ts';
import type { Transform } from './filters/body-writer.ts';
import type { ReadBody } from './read-body.ts';
import type { Subject, TemplateFor } from './subject.ts';
import type { Verdict } from './verdict.ts';

/** One for each request, and for each subrequest, of a site that has rules. */
export interface Route extends Subject {
  /** The request as it came: of the transport, or of the subrequest. Answers do not go to its responder but to that of `request`. */
  readonly exchange: Exchange;
  /**
   * The request as the content sees it: with the present method, path and query, the client that is believed, and a responder through which the response passes
   * the error pages, the edits of heads and the filters of the scope.
   */
  readonly request: Exchange;
  /** The route of the client's own request: this one, unless it is a subrequest's. */
  readonly main: Route;
  readonly parent: Route | undefined;
  readonly site: CompiledSite;
  location: CompiledLocation;
  /** That of the location, or of an `if` that holds. */
  scope: CompiledScope;
  produce: Produce;
  /** Present values: an error page turns the method into GET and leaves the body away; steps that change the URI do so by `path` and `query`. */
  method: string;
  /** Percent-decoded and normalised, latin-1: what locations are compared with. */
  path: string;
  /** Without the question mark. */
  query: string;
  /** Who is believed to ask. */
  client: Client;
  /** The server itself has sent the request here: by an error page, an index, `try_files` or a rewrite, or as a subrequest. */
  isInternal: boolean;
  /** Path and query are those of the client's request line still, so a server behind is asked for these, byte by byte. */
  isTargetSent: boolean;
  /** The location was found by the path: nothing in it has changed the path since (`rewrite … break`), so the path begins with the location's. */
  isPathOfLocation: boolean;
  /** What is asked of a server behind, as soon as one is: $proxy_host, $proxy_port. */
  asked: AskedPlace | undefined;
  /** The instructions of a rewrite have changed the URI: when they are over, a location is looked for again. */
  uriChanged: boolean;
  /** What the path had as escapes or as a plus, so nginx escapes captures where they are put into arguments. */
  readonly isQuoted: boolean;
  /** The status that an error page is to have instead of its own; 0: its own. */
  errorStatus: number;
  /** Of an application that has sent the request here by X-Accel-Redirect: they win over those of what answers. */
  keptFields: ResponseFields | undefined;
  /** Bytes a second, of `set $limit_rate` or X-Accel-Limit-Rate; undefined: the scope's. */
  limitRate: number | undefined;
  /** In which a server behind wants its response to be sent (X-Accel-Charset); undefined: the scope decides. */
  charset: string | undefined;
  /** Servers behind this one that were asked; undefined: none. */
  askedServers: AskedServers | undefined;
  /** The body that was read whole; undefined: nobody has done that so far. */
  readBody: ReadBody | undefined;
  /** Puts somebody before the reader of the request's body, who sees it go by. */
  bodyTap: ((reader: BodySink) => BodySink) | undefined;
  /** When the request came, on the monotonic clock. */
  readonly startedMs: number;
  /** The response as it was sent, as soon as its head has left the filters. */
  readonly sent: SentResponse;

  /** For instructions of a rewrite: passes over so many of those that follow; Infinity: all. */
  skip(count: number): void;
  /** Goes on after `VERDICT.pending`. Nothing happens if the client has gone. */
  resume(verdict: Verdict): void;
  /** An internal redirect: begins again with the server's rewrite. The path is decoded. Returns the verdict that the step is to return. */
  relocate(path: string, query: string): Verdict;
  /** Goes to a named location (`@name`), whose rewrite comes next: the URI stays. Returns the verdict that the step is to return. */
  relocateNamed(name: string): Verdict;
  /** Redirects: a path (escaped, with its query) becomes a whole URL as the scope wants it. Returns the verdict that the step is to return. */
  redirect(status: number, to: string): Verdict;
  /** Refuses with further fields. Returns the verdict that the step is to return. */
  refuseWith(status: number, fields: ResponseFields): Verdict;
  /** Answers in place of the content, through the edits and filters of the scope. Returns the verdict that the step is to return. */
  answer(head: ResponseHead, body: Body): Verdict;
  /** For content, which has not answered: goes on with a verdict as a step's would (`relocate`, a status). */
  continueWith(verdict: Verdict): void;
  /** Tells of what was thrown for this request: an error of ours, or a match that would have cost too much. */
  onFault(error: unknown): void;
  /** Runs a request of our own below this one. Undefined: there are too many, which is logged. */
  startSubrequest(start: SubrequestStart): Subrequest | undefined;
  /** Called once, when the response has left, or the client has gone, and nobody holds the request. */
  whenOver(callback: () => void): void;
  /** The request is not over before what this returns is called: for what goes on when the response has left. */
  hold(): () => void;
}

export interface SentResponse {
  /** 0: none yet. */
  status: number;
  head: ResponseHead | undefined;
  trailers: ResponseFields | undefined;
  /** As it is stated; undefined: it is not known. */
  length: number | undefined;
  bodyBytes: number;
  isComplete: boolean;
}

/** Something that is decided before the content: see `Verdict`. Never a promise: who waits returns `VERDICT.pending`. */
export type Step = (route: Route) => Verdict;

/** Answers, now or later. `exchange` is `route.request` where there is a route, so content that needs none of the rules (an application) asks for no route. */
export type Produce = (exchange: Exchange, route: Route | undefined) => void;

/** Undefined: the response is left alone. It may have edited the answer nevertheless. */
export type Filter = (answer: Answer, route: Route) => Transform | undefined;

/** A change of heads that is the same for each request, and is remembered by head: it must depend on nothing else. */
export type HeadEdit = (head: ResponseHead) => ResponseHead;

/** A change of a head that depends on the request. */
export type AnswerEdit = (answer: Answer, route: Route) => void;

/** Text that is made for a request: latin-1. A constant is a plain string. */
export type CompiledTemplate = TemplateFor<Route>;

export interface CompiledSite {
  /** Its index in the model. */
  readonly id: number;
  /** $server_name. */
  readonly name: string;
  /** The configuration asks for fields whose names have underscores, which a client can send in the place of those with hyphens. */
  readonly takesUnderscores: boolean;
  readonly rewrite: readonly Step[];
  /** The location of the route's path; a regex sets the captures. Where none matches, the site's own scope and content, as a location of kind `site`. */
  find(route: Route): CompiledLocation;
  readonly own: CompiledLocation;
  readonly named: ReadonlyMap<string, CompiledLocation>;
  /** Beside its own. */
  readonly hasLocations: boolean;
}

export interface CompiledLocation {
  readonly kind: 'site' | 'exact' | 'prefix' | 'final-prefix' | 'regex' | 'named';
  /** The prefix, the path or the pattern, as in the file. */
  readonly text: string;
  /** An alias stands for so many characters of the path; undefined: for all of it, in a location of a regex. */
  readonly aliasLength: number | undefined;
  readonly isInternal: boolean;
  /** The script that a path names here, and what stands behind it, for $fastcgi_script_name and $fastcgi_path_info; undefined: all of the path. */
  readonly splitPath: SplitPath | undefined;
  /** The path, escaped, to which the request is redirected, because it lacks nothing but the slash; undefined as a rule. */
  readonly redirectsTo: string | undefined;
  readonly rewrite: readonly Step[];
  readonly scope: CompiledScope;
  /** What the connection of a request goes by that is answered here. */
  readonly connection: TransportRules;
  readonly produce: Produce;
}

export interface CompiledTypes {
  /** `ending` is in lower case. Undefined: that of `fallback`. */
  typeOf(ending: string): string | undefined;
  readonly fallback: CompiledTemplate;
}

/** A scope of the model, compiled once however many locations have it. */
export interface CompiledScope {
  readonly model: Scope;
  /** Root or alias. */
  readonly root: CompiledTemplate;
  readonly errorLog: ErrorLog;
  /** Writes to the access logs, when the request is over. Undefined: there are none. */
  readonly log: ((route: Route) => void) | undefined;
  readonly types: CompiledTypes;
  /** Variables that rules of this scope say: $secure_link, $invalid_referer. By their names in lower case. */
  readonly variables: ReadonlyMap<string, (route: Route) => string | undefined>;
  /** In nginx's order: real ip, connection counts, request rates, access, try files, mirrors. */
  readonly steps: readonly Step[];
  /** 0: no limit. A request whose length says more is refused with 413 where its location is found. */
  readonly bodyBytesMax: number;
  /** By status. */
  readonly errorPages: ReadonlyMap<number, CompiledErrorPage>;
  readonly headEdit: HeadEdit | undefined;
  readonly answerEdits: readonly AnswerEdit[];
  /** In nginx's order. */
  readonly filters: readonly Filter[];
  /** The same without those that are for requests with conditions, ranges or a rate of their own alone. */
  readonly usualFilters: readonly Filter[];
  readonly postAction: CompiledTemplate | undefined;
  readonly trailers: Trailers | undefined;
}

/** Of the responses of a scope. */
export interface Trailers {
  /** A response with this status cannot have a length, because of what follows it. */
  follow(status: number, route: Route): boolean;
  of(status: number, route: Route): ResponseFields | undefined;
}

export interface CompiledErrorPage {
  readonly to: CompiledTemplate;
  readonly status: 'unchanged' | 'answer' | number;
}

export interface SubrequestStart {
  readonly path: string;
  readonly query: string;
  /** The location in which it begins; the path's unless it is said. */
  readonly named?: string;
  /** GET unless it is said. */
  readonly method?: string;
  readonly body?: Buffer;
  /** The request does not wait for it, and it goes on when the response has left. */
  readonly isBackground?: boolean;
  /** Where the response goes: a writer takes it bit by bit (`addition`, `ssi`); undefined: it is collected, at most `bytesMax`. */
  readonly into?: SubrequestOutput;
  readonly bytesMax?: number;
  /** Its answer is complete, or could not be completed. */
  onEnd(subrequest: Subrequest): void;
}

export interface SubrequestOutput {
  /** Before the first bytes. */
  onHead?(head: ResponseHead): void;
  /** False: no more until `subrequest.drained()`. */
  write(bytes: Buffer): boolean;
}

export interface Subrequest {
  readonly route: Route;
  /** Undefined until it has answered; 499 if it was given up. */
  readonly head: ResponseHead | undefined;
  /** The collected body; empty if it went elsewhere, or was longer than `bytesMax`. */
  readonly body: Buffer;
  readonly isComplete: boolean;
  drained(): void;
  /** Its answer is not wanted any more. `onEnd` is not called. */
  cancel(): void;
}
