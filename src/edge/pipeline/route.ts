/**
 * One request on its way through the plan, and the shapes of the plan that it goes through. They name each other, so they stand in one file; what makes them is in
 * `edge/plan/`, what runs them in `run.ts`.
 *
 * A plain `serve` has none of it: its sites have one location without rules, whose `Produce` is called with the exchange alone.
 */

import type { Scope } from '../../config/model/scope.ts';
import type { Client, Exchange, ResponseHead } from '../../protocol/http/exchange.ts';
import type { Answer } from './filters/answer.ts';
import type { Transform } from './filters/body-writer.ts';
import type { Verdict } from './verdict.ts';

/** One for each request, and for each subrequest, of a site that has rules. */
export interface Route {
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
  /** Groups of the regex that has matched last: [0] is the whole. */
  captures: Captures | undefined;
  /** Variables of the configuration that have a value by now, by their number: those of `set`, `map`, named captures, `auth_request_set`. */
  readonly slots: (string | undefined)[];
  /** The server itself has sent the request here: by an error page, an index, `try_files` or a rewrite, or as a subrequest. */
  isInternal: boolean;
  /** The status with which the request was refused before the present error page; 0: none. */
  errorStatus: number;

  /** Goes on after `VERDICT.pending`. */
  resume(verdict: Verdict): void;
  /** An internal redirect: begins again with the server's rewrite. The path is decoded. Returns the verdict that the step is to return. */
  relocate(path: string, query: string): Verdict;
  /** Goes to a named location (`@name`), whose rewrite comes next: the URI stays. Returns the verdict that the step is to return. */
  relocateNamed(name: string): Verdict;
  /** For content: as `relocate`, `relocateNamed` and a status are for steps. Nothing may have been answered. */
  continueWith(verdict: Verdict): void;
  /** Runs a request of our own below this one; see `Subrequest`. Undefined: there are too many, which is logged. */
  startSubrequest(request: SubrequestStart): Subrequest | undefined;
}

/** Of a match: what `RegExp.exec` gives, or what is like it. */
export type Captures = readonly (string | undefined)[];

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
export type CompiledTemplate = string | ((route: Route) => string);

export interface CompiledSite {
  /** $server_name. */
  readonly name: string;
  readonly rewrite: readonly Step[];
  /** The location of a path; `captures` of the route are set by a regex. Where none matches, one of kind `site` with the site's own scope and content. */
  find(route: Route): CompiledLocation;
  readonly named: ReadonlyMap<string, CompiledLocation>;
}

export interface CompiledLocation {
  readonly kind: 'site' | 'exact' | 'prefix' | 'final-prefix' | 'regex' | 'named';
  /** The prefix, the path or the pattern, as in the file: what an alias stands for has its length. */
  readonly text: string;
  readonly isInternal: boolean;
  readonly redirectsToSlash: boolean;
  readonly rewrite: readonly Step[];
  readonly scope: CompiledScope;
  readonly produce: Produce;
}

/** A scope of the model, compiled once however many locations have it. */
export interface CompiledScope {
  readonly model: Scope;
  /** In nginx's order: real ip, connection counts, request rates, access, mirrors, try files. */
  readonly steps: readonly Step[];
  /** By status. */
  readonly errorPages: ReadonlyMap<number, CompiledErrorPage>;
  readonly headEdit: HeadEdit | undefined;
  readonly answerEdits: readonly AnswerEdit[];
  /** In nginx's order. */
  readonly filters: readonly Filter[];
}

export interface CompiledErrorPage {
  readonly to: CompiledTemplate;
  readonly status: 'unchanged' | 'answer' | number;
}

export interface SubrequestStart {
  readonly path: string;
  readonly query: string;
  /** GET unless it is said. */
  readonly method?: string;
  /** The body of the client's request goes with it; it must have been read into memory or a file. */
  readonly hasBody?: boolean;
  /** Where the response goes: a writer takes it bit by bit (`addition`, `ssi`); undefined: it is collected, at most `bytesMax`. */
  readonly into?: SubrequestOutput;
  readonly bytesMax?: number;
  /** Its answer is complete, or could not be completed. */
  onEnd(subrequest: Subrequest): void;
}

export interface SubrequestOutput {
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
