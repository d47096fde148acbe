/** From a model to the portico.toml that would be read as it. */

import { stringify } from 'smol-toml';
import { isEqual } from '../../kernel/is-equal.ts';
import { omit } from '../../kernel/omit.ts';
import type { App } from '../model/app.ts';
import type { Content } from '../model/content.ts';
import type { ServerModel } from '../model/server-model.ts';
import type { Upstream } from '../model/upstream.ts';
import { APP } from './fields/app-fields.ts';
import { CONNECTION_FIELDS } from './fields/connection-fields.ts';
import type { WrittenScope } from './fields/scope-fields.ts';
import { DEFAULT_SCOPE, SCOPE_FIELDS } from './fields/scope-fields.ts';
import { DEVELOPMENT_FIELDS, EDGE_FIELDS, FORWARDING_FIELDS, PROCESS_FIELDS } from './fields/server-fields.ts';
import { CHARSET_MAP, GEO, MAP, SPLIT, ZONE } from './fields/variable-fields.ts';
import type { Kind, TomlTable, TomlValue } from './kind.ts';
import { usualBacklog } from './listeners.ts';
import type { Around } from './read-site.ts';
import { ONLY_APP } from './read-site.ts';
import { table } from './table.ts';
import { writeUpstreams } from './write-proxy.ts';
import { SiteWriter } from './write-site.ts';
import type { WrittenStreams } from './write-streams.ts';
import { writeStreams } from './write-streams.ts';

export interface WrittenModel {
  readonly text: string;
  /** What could not be said, a sentence each. */
  readonly notes: readonly string[];
}

/** `defaults`: what `portico serve` would run without a word, which need not be said. */
export function writeTomlModel(model: ServerModel, defaults: ServerModel): WrittenModel {
  const [defaultApp] = defaults.apps;
  if (defaultApp === undefined) {
    throw new Error('the model of "portico serve" has no application');
  }
  const apps = new AppNames(model.apps, defaultApp);
  const writer = new SiteWriter(model, defaults.listeners, (id) => apps.nameOf(id));
  const around: Around = { scope: DEFAULT_SCOPE, content: apps.defaultContent };
  const common = commonScope(
    model.sites.map(({ scope }) => writer.scopeOf(scope)),
    around.scope,
  );
  const inside: Around = { scope: common, content: around.content };
  const sites = model.sites.flatMap((site, index) => {
    if (writer.isReached(index)) {
      return [writer.writeSite(site, index, inside)];
    }
    writer.notes.push(`site ${index + 1} ("${site.name}") is left out: it answers at no address`);
    return [];
  });
  writer.notes.push(...lostChecks(model));
  const streams = model.streams && writeStreams(model.streams, model, usualBacklog(defaults.listeners));
  const whole: Record<string, TomlValue | undefined> = {
    server: table(PROCESS_FIELDS).write(model.process, defaults.process),
    edge: table(EDGE_FIELDS).write(model.edge, defaults.edge),
    forwarding: table(FORWARDING_FIELDS).write(model.forwarding, defaults.forwarding),
    development:
      model.development === undefined ? undefined : table(DEVELOPMENT_FIELDS).write(model.development, undefined),
    connection: writeConnection(model, defaults),
    ...apps.written,
    upstream: nonEmpty(writeUpstreams(model)),
    'stream-upstream': nonEmpty(streams?.upstreams ?? []),
    zone: named(
      model.zones.map(({ name, ...zone }) => [name, zone] as const),
      ZONE,
    ),
    map: variables(model, 'map', MAP),
    geo: variables(model, 'geo', GEO),
    split: variables(model, 'split', SPLIT),
    ...(streams && streamVariables(streams)),
    stream: nonEmpty(streams?.streams ?? []),
    'charset-map':
      model.charsetMaps.length === 0
        ? undefined
        : model.charsetMaps.map((each) => CHARSET_MAP.write(each, undefined) ?? {}),
    defaults: table(SCOPE_FIELDS).write(common, DEFAULT_SCOPE),
    site: sites.length === 1 && isEqual(sites[0], {}) ? undefined : nonEmpty(sites),
  };
  const said = Object.entries(whole).filter(([, value]) => value !== undefined && !isEqual(value, {}));
  const text = stringify(Object.fromEntries(said));
  // An empty table at the end has no line end.
  return { text: text.endsWith('\n') ? text : `${text}\n`, notes: writer.notes };
}

/** A check of portico.toml asks as the first does that passes something to the upstream. */
function lostChecks({ upstreams, streams }: ServerModel): string[] {
  return [
    ...checksOfAnother(upstreams).map(
      ({ name }) =>
        `the health check of upstream "${name}" asks as the first location does that passes requests to it, not as the one that said it: put that one first if its protocol, fields or TLS are what the servers want`,
    ),
    ...checksOfAnother(streams?.upstreams ?? []).map(
      ({ name }) =>
        `the health check of upstream "${name}" connects as the first stream does that passes connections to it, not as the one that said it: put that one first if its TLS or its header of the PROXY protocol are what the servers want`,
    ),
  ];
}

function checksOfAnother(upstreams: readonly Upstream[]): readonly Upstream[] {
  return upstreams.filter(({ healthCheck }) => healthCheck?.policy !== undefined);
}

function nonEmpty(values: readonly TomlValue[]): readonly TomlValue[] | undefined {
  return values.length === 0 ? undefined : values;
}

function writeConnection(model: ServerModel, defaults: ServerModel): TomlValue | undefined {
  const [own] = model.connections;
  return own === undefined ? undefined : table(CONNECTION_FIELDS).write(own, defaults.connections[0]);
}

/** Features that all sites have alike are said once. */
function commonScope([first, ...others]: readonly WrittenScope[], around: WrittenScope): WrittenScope {
  if (first === undefined || others.length === 0) {
    return around;
  }
  const common = Object.keys(SCOPE_FIELDS).map((key) => {
    const name = key as keyof WrittenScope;
    const isCommon = others.every((other) => isEqual(other[name], first[name]));
    return [name, isCommon ? first[name] : around[name]] as const;
  });
  return Object.fromEntries(common.filter(([, value]) => value !== undefined)) as unknown as WrittenScope;
}

function named<T>(values: readonly (readonly [string, T])[], kind: Kind<T>): TomlTable | undefined {
  return values.length === 0
    ? undefined
    : Object.fromEntries(values.map(([name, value]) => [name, kind.write(value, undefined) ?? {}]));
}

function streamVariables(streams: WrittenStreams): Record<string, TomlTable | undefined> {
  return {
    'stream-map': variables(streams, 'map', MAP),
    'stream-geo': variables(streams, 'geo', GEO),
    'stream-split': variables(streams, 'split', SPLIT),
  };
}

function variables<T>(
  model: Pick<ServerModel, 'variables'>,
  kind: 'map' | 'geo' | 'split',
  as: Kind<T>,
): TomlTable | undefined {
  const own = model.variables.filter((variable) => variable.kind === kind);
  // Each variable of a kind has the properties that the kind's table writes, and no others beside these two.
  return named(
    own.map((each) => [each.variable, omit(each, 'kind', 'variable') as unknown as T] as const),
    as,
  );
}

/** One application needs no name; of several, one that is nothing but a module has its module's. */
class AppNames {
  readonly #only: App | undefined;
  readonly written: Readonly<Record<string, TomlValue | undefined>>;

  constructor(apps: readonly App[], defaults: App) {
    const [first, ...others] = apps;
    this.#only = others.length === 0 ? first : undefined;
    if (this.#only === undefined) {
      const said = apps.filter((app) => !isEqual(app, { ...defaults, id: app.id, target: app.id }));
      this.written = { apps: Object.fromEntries(said.map((app) => [app.id, writeApp(app, defaults)])) };
    } else {
      this.written = { app: writeApp(this.#only, defaults) };
    }
  }

  nameOf(id: string): string {
    return this.#only === undefined ? id : ONLY_APP;
  }

  get defaultContent(): Content {
    return this.#only === undefined
      ? { kind: 'files' }
      : { kind: 'app', app: this.#only.id, scriptName: '', folders: [], servesDeclared: true };
  }
}

function writeApp(app: App, defaults: App): TomlValue {
  return APP.write(omit(app, 'id'), { ...omit(defaults, 'id'), target: '' }) ?? {};
}
