/** A location with files, as the pipeline would ask it, for tests: what became of a request can be read afterwards. */

import type { Files } from '../../../config/model/files.ts';
import type { Scope } from '../../../config/model/scope.ts';
import type { Template } from '../../../config/model/template.ts';
import { fieldsOf } from '../../../protocol/http/response-fields.ts';
import type { CompiledScope, CompiledTemplate, Route } from '../../pipeline/route.ts';
import type { Verdict } from '../../pipeline/verdict.ts';
import { VERDICT } from '../../pipeline/verdict.ts';
import type { FakeRequest, FakeResponse } from '../static/fake-exchange.ts';
import { FakeExchange } from '../static/fake-exchange.ts';
import type { TemporarySite } from '../static/temporary-site.ts';
import { compileFileContent } from './file-content.ts';
import { FileServer } from './file-server.ts';
import { compileTryFiles } from './try-files.ts';

/** What `$name` is in templates of tests. */
export type FakeVariables = Readonly<Record<string, string>>;

export interface FakeLocation {
  readonly kind?: 'prefix' | 'exact' | 'regex';
  readonly text?: string;
  readonly files?: Partial<Files>;
  readonly scope?: Partial<Omit<Scope, 'files'>>;
  readonly types?: Readonly<Record<string, string>>;
  readonly variables?: FakeVariables;
}

const FILES: Omit<Files, 'path'> = {
  kind: 'root',
  index: ['index.html'],
  autoindex: undefined,
  isIndexRandom: false,
  servesHidden: true,
  symlinks: { kind: 'anywhere' },
  hasEtag: true,
  ifModifiedSince: 'exact',
  rangesMax: undefined,
  cacheMs: undefined,
  logsMissing: true,
};

export class FakeFiles {
  /** `level message` of what was said of requests. */
  readonly said: string[] = [];
  /** What requests want to be called for when they are over. */
  readonly overs: (() => void)[] = [];
  readonly server: FileServer;
  readonly #location: FakeLocation;
  readonly #scope: CompiledScope;

  constructor(site: TemporarySite, location: FakeLocation = {}) {
    const { types = { html: 'text/html', css: 'text/css', txt: 'text/plain' } } = location;
    this.#location = location;
    this.server = new FileServer({ clock: site.clock, log: site.log, disk: site.disk });
    const byEnding = new Map(Object.entries(types));
    const model = { types: 0, ...location.scope, files: { ...FILES, path: site.root, ...location.files } };
    // What files ask of a scope is this; the rest of it is for others.
    this.#scope = {
      model,
      root: this.#compile(model.files.path),
      types: { typeOf: (ending: string) => byEnding.get(ending), fallback: 'application/octet-stream' },
    } as unknown as CompiledScope;
  }

  /** The response of the content, or where it has sent the request. */
  async get(path: string, request: Omit<FakeRequest, 'path'> = {}): Promise<FakeResponse | string> {
    const exchange = new FakeExchange({ path, ...request });
    const relocated = new Promise<string>((resolve) => {
      const route = this.#route(exchange, resolve);
      compileFileContent(this.server, (template) => this.#compile(template))(exchange, route);
    });
    return Promise.race([exchange.answered, relocated]);
  }

  /** The path that `try_files` leaves, or where it has sent the request, or the status. */
  async try(path: string, paths: readonly Template[], last: string | number): Promise<string | number> {
    const end =
      typeof last === 'number' ? ({ kind: 'status', status: last } as const) : ({ kind: 'uri', uri: last } as const);
    const tryFiles = { paths, last: end };
    const step = compileTryFiles({ tryFiles } as unknown as Scope, {
      files: this.server,
      template: (template) => this.#compile(template),
    });
    let sent = '';
    const { promise, resolve } = Promise.withResolvers<Verdict>();
    const route = this.#route(new FakeExchange({ path }), (to) => {
      sent = to;
    });
    route.resume = resolve;
    const first = step?.(route) ?? VERDICT.proceed;
    const verdict = first === VERDICT.pending ? await promise : first;
    if (verdict === VERDICT.relocated) {
      return sent;
    }
    return verdict === VERDICT.proceed ? route.path : verdict;
  }

  #route(exchange: FakeExchange, onRelocated: (to: string) => void): Route {
    const { kind = 'prefix', text = '/' } = this.#location;
    const relocate = (to: string): Verdict => {
      onRelocated(to);
      return VERDICT.relocated;
    };
    const route = {
      exchange,
      request: exchange,
      path: exchange.path,
      query: exchange.query,
      scope: this.#scope,
      location: { kind, text, aliasLength: kind === 'regex' ? undefined : text.length },
      log: (level: string, message: string) => this.said.push(`${level} ${message}`),
      redirect: (status: number, to: string) => {
        exchange.respond({ status, reason: undefined, fields: fieldsOf(`Location: ${to}\r\n`) }, undefined);
        return VERDICT.answered;
      },
      relocate: (path: string, query: string) => relocate(`-> ${path}${query === '' ? '' : `?${query}`}`),
      relocateNamed: (name: string) => relocate(`-> ${name}`),
      continueWith: () => undefined,
      whenOver: (callback: () => void) => this.overs.push(callback),
    } as unknown as { -readonly [Key in keyof Route]: Route[Key] };
    route.main = route;
    return route;
  }

  #compile(template: Template): CompiledTemplate {
    if (typeof template === 'string') {
      return template;
    }
    const { variables = {} } = this.#location;
    return (route) =>
      template
        .map((part) => {
          if (typeof part === 'string') {
            return part;
          }
          const name = 'variable' in part ? part.variable : String(part.capture);
          return name === 'uri' ? route.path : (variables[name] ?? '');
        })
        .join('');
  }
}
