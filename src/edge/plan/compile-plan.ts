/**
 * Makes a plan of the model: everything that a request asks is looked up or called, nothing is read or decided again. Sites, locations and scopes are compiled once each, however many
 * listeners and locations name them.
 */

import type { Content } from '../../config/model/content.ts';
import type { ScopeId } from '../../config/model/instruction.ts';
import type { EdgeModel, EdgeSite, Listener, Location } from '../../config/model/server-model.ts';
import type { Pattern, Template } from '../../config/model/template.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { AccessLogs } from '../access-log/access-logs.ts';
import type { ErrorLogs } from '../error-log/error-log.ts';
import type { FileServer } from '../handlers/files/file-server.ts';
import { compileSplitPath } from '../handlers/proxy/fastcgi-split.ts';
import type { SplitPath } from '../handlers/proxy/script-path.ts';
import { compileExceptedMethods } from '../pipeline/access/excepted-methods.ts';
import { UserFiles } from '../pipeline/access/user-files.ts';
import { escapePath } from '../pipeline/escape-uri.ts';
import type { PipelineServices } from '../pipeline/pipeline-services.ts';
import type { RewriteCompilation } from '../pipeline/rewrite/compile-rewrite.ts';
import { compileRewrite } from '../pipeline/rewrite/compile-rewrite.ts';
import type {
  CompiledLocation,
  CompiledScope,
  CompiledSite,
  CompiledTemplate,
  Produce,
  Route,
  Step,
} from '../pipeline/route.ts';
import { compileRealIp } from '../pipeline/steps/real-ip.ts';
import type { Variable } from '../pipeline/variables/variable.ts';
import { VERDICT } from '../pipeline/verdict.ts';
import type { ZoneMemory } from '../pipeline/zones.ts';
import { OpenZones } from '../pipeline/zones.ts';
import type { TransportRules } from '../transport/transport-rules.ts';
import { transportRules } from '../transport/transport-rules.ts';
import { bytesOf } from './bytes-of.ts';
import type { CompiledPattern } from './compile-pattern.ts';
import { compilePattern } from './compile-pattern.ts';
import { compileScope } from './compile-scope.ts';
import { compileTemplate } from './compile-template.ts';
import { HostTable } from './host-table.ts';
import type { LocationNode } from './location-table.ts';
import { LocationTable } from './location-table.ts';
import type { TlsCheck } from './tls-check.ts';
import { compileTlsCheck } from './tls-check.ts';
import { TypeTable } from './type-table.ts';
import { VariableCompiler } from './variable-compiler.ts';

export interface PlanParts {
  readonly services: PipelineServices;
  readonly errorLogs: Pick<ErrorLogs, 'open'>;
  readonly accessLogs: Pick<AccessLogs, 'open'>;
  readonly files: FileServer;
  readonly zoneMemory: ZoneMemory;
  readonly passwords: RewriteCompilation['passwords'];
  /** What answers: applications, files. Called once for each content of the model. */
  produceOf(content: Content, compilation: RewriteCompilation): Produce;
}

export interface SitePlan {
  readonly site: CompiledSite;
  readonly mergesSlashes: boolean;
}

export interface ListenerPlan {
  readonly hosts: HostTable<SitePlan>;
  /** Index of the site for every other name. */
  readonly fallback: number;
  /** Undefined: TLS is not spoken. */
  readonly checkTls: TlsCheck | undefined;
}

export class PlanCompiler implements RewriteCompilation {
  readonly model: EdgeModel;
  readonly clock: Clock;
  readonly log: PipelineServices['log'];
  readonly files: FileServer;
  readonly zones: OpenZones;
  readonly userFiles: UserFiles;
  readonly passwords: PlanParts['passwords'];
  readonly #parts: PlanParts;
  readonly #variables: VariableCompiler;
  readonly #patterns = new Map<string, CompiledPattern>();
  readonly #types: readonly TypeTable[];
  readonly #scopes = new Map<ScopeId, CompiledScope>();
  readonly #contents = new Map<string, Produce>();
  readonly #rules = new Map<string, TransportRules>();
  readonly #sites = new Map<number, SitePlan>();

  constructor(model: EdgeModel, parts: PlanParts) {
    this.model = model;
    this.clock = parts.services.clock;
    this.log = parts.services.log;
    this.files = parts.files;
    this.passwords = parts.passwords;
    this.#parts = parts;
    this.#variables = new VariableCompiler(model, this, parts.services);
    this.userFiles = new UserFiles(this.clock);
    this.zones = new OpenZones(model.zones, parts.zoneMemory, (template) => this.template(template));
    this.#types = model.types.map((types) => new TypeTable(types, this));
  }

  listener(listener: Listener): ListenerPlan {
    const entries = listener.names.map(({ name, site }) => ({ name, value: this.#site(site) }));
    return {
      hosts: new HostTable(entries, this.#site(listener.fallback), (pattern) => this.pattern(pattern)),
      fallback: listener.fallback,
      checkTls: listener.tls ? compileTlsCheck(this.model, listener.fallback) : undefined,
    };
  }

  // What features are given.

  template(template: Template, quotes = false): CompiledTemplate {
    return compileTemplate(template, (name) => this.variable(name), quotes);
  }

  pattern(pattern: Pattern): CompiledPattern {
    const key = `${pattern.isCaseless ? 'i' : ' '}${pattern.text}`;
    const known = this.#patterns.get(key);
    if (known !== undefined) {
      return known;
    }
    const fresh = compilePattern(pattern, (variable) => this.#variables.slotOf(variable));
    this.#patterns.set(key, fresh);
    return fresh;
  }

  variable(name: string): Variable {
    return this.#variables.variable(name);
  }

  setter(name: string): (route: Route, value: string) => void {
    return this.#variables.setter(name);
  }

  scopeOf(id: ScopeId): CompiledScope {
    const known = this.#scopes.get(id);
    if (known !== undefined) {
      return known;
    }
    const scope = this.model.scopes[id];
    if (scope === undefined) {
      throw new Error(`the model has no scope ${id}`);
    }
    const fresh = compileScope(scope, { compilation: this, ...this.#parts, types: this.#types });
    this.#scopes.set(id, fresh);
    return fresh;
  }

  produceOf(content: Content): Produce {
    const key = JSON.stringify(content);
    const known = this.#contents.get(key);
    if (known !== undefined) {
      return known;
    }
    const fresh = this.#parts.produceOf(content, this);
    this.#contents.set(key, fresh);
    return fresh;
  }

  /** What connections go by while a location with this scope answers. */
  #connectionRules(site: EdgeSite, id: ScopeId): TransportRules {
    const key = `${site.connection} ${id}`;
    const known = this.#rules.get(key);
    if (known !== undefined) {
      return known;
    }
    const { connection, requestBodies, sending } = this.scopeOf(id).model;
    const around = this.model.connections[site.connection] ?? { keepAliveMs: 0 };
    const fresh = transportRules({ ...around, ...connection }, requestBodies, sending);
    this.#rules.set(key, fresh);
    return fresh;
  }

  // Sites and locations.

  #site(id: number): SitePlan {
    const known = this.#sites.get(id);
    if (known !== undefined) {
      return known;
    }
    const model = this.model.sites[id];
    if (model === undefined) {
      throw new Error(`the model has no site ${id}`);
    }
    const mergesSlashes = this.model.connections[model.connection]?.mergesSlashes ?? true;
    const fresh = { site: this.#compileSite(id, model), mergesSlashes };
    this.#sites.set(id, fresh);
    return fresh;
  }

  #compileSite(id: number, model: EdgeSite): CompiledSite {
    const own: CompiledLocation = {
      kind: 'site',
      text: '',
      aliasLength: 0,
      isInternal: false,
      splitPath: undefined,
      redirectsTo: undefined,
      rewrite: [],
      scope: this.scopeOf(model.scope),
      connection: this.#connectionRules(model, model.scope),
      produce: this.produceOf(model.content),
    };
    const table = this.#locationTable(model, model.locations, undefined);
    const realIp = compileRealIp(own.scope.model);
    const named = model.locations
      .filter(({ match }) => match.kind === 'named')
      .map((location) => this.#compileLocation(model, location, undefined));
    return {
      id,
      name: bytesOf(model.name),
      takesUnderscores: this.model.connections[model.connection]?.takesUnderscores ?? false,
      // Whom a trusted peer names is asked for before anything is decided by the client's address.
      rewrite: [...(realIp === undefined ? [] : [realIp]), ...compileRewrite(model.rewrite, this)],
      own,
      find: (route) => table.find(route.path, route) ?? own,
      // Of two with one name the first is asked, as by nginx.
      named: new Map(named.toReversed().map((location) => [location.text, location])),
      hasLocations: model.locations.length > 0,
    };
  }

  #locationTable(site: EdgeSite, locations: readonly Location[], parent: CompiledLocation | undefined): LocationTable {
    return new LocationTable(
      locations.filter(({ match }) => match.kind !== 'named').map((location) => this.#node(site, location, parent)),
    );
  }

  #node(site: EdgeSite, model: Location, parent: CompiledLocation | undefined): LocationNode {
    const location = this.#compileLocation(site, model, parent);
    const { text } = location;
    return {
      location,
      pattern: model.match.kind === 'regex' ? this.pattern(model.match.pattern) : undefined,
      inner: model.locations.length === 0 ? undefined : this.#locationTable(site, model.locations, location),
      slashRedirect:
        model.redirectsToSlash && text.endsWith('/') ? { ...location, redirectsTo: escapePath(text) } : undefined,
    };
  }

  #splitPathOf(content: Content): SplitPath | undefined {
    const policy = content.kind === 'proxy' ? this.model.proxyPolicies[content.policy] : undefined;
    return policy === undefined ? undefined : compileSplitPath(policy.request, this);
  }

  #compileLocation(site: EdgeSite, model: Location, parent: CompiledLocation | undefined): CompiledLocation {
    const { match } = model;
    const scope = this.scopeOf(model.scope);
    return {
      kind: match.kind,
      text: bytesOf(match.kind === 'regex' ? match.pattern.text : match.text),
      aliasLength: aliasLengthOf(match, scope, parent),
      isInternal: model.isInternal,
      splitPath: this.#splitPathOf(model.content),
      redirectsTo: undefined,
      rewrite: besideExcepted(scope, compileRewrite(model.rewrite, this)),
      scope,
      connection: this.#connectionRules(site, model.scope),
      produce: this.produceOf(model.content),
    };
  }
}

/**
 * What `limit_except` says stands in the place of the location's own instructions, as with nginx: `limit_except GET { deny all; } return 200;` refuses a POST, though a
 * `return` comes before the rules of access.
 */
function besideExcepted(scope: CompiledScope, rewrite: readonly Step[]): readonly Step[] {
  const isExcepted = compileExceptedMethods(scope.model);
  if (isExcepted === undefined || rewrite.length === 0) {
    return rewrite;
  }
  const passOver: Step = (route) => {
    if (isExcepted(route.method)) {
      route.skip(Infinity);
    }
    return VERDICT.proceed;
  };
  return [passOver, ...rewrite];
}

/** A location that has its alias from the one around it has the length of that one's path too. */
function aliasLengthOf(
  match: Location['match'],
  { model: { files } }: CompiledScope,
  parent: CompiledLocation | undefined,
): number | undefined {
  const outer = parent?.scope.model.files;
  if (parent !== undefined && outer?.kind === 'alias' && JSON.stringify(outer.path) === JSON.stringify(files.path)) {
    return parent.aliasLength;
  }
  return match.kind === 'regex' ? undefined : bytesOf(match.text).length;
}
