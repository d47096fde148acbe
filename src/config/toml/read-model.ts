/** From portico.toml to the model. Whatever is wrong in any of its files is told at once. */

import { omit } from '../../kernel/omit.ts';
import type { Diagnostic } from '../diagnostic.ts';
import type { App } from '../model/app.ts';
import type { Content } from '../model/content.ts';
import type { ServerModel } from '../model/server-model.ts';
import type { TomlDocument, TomlFiles } from './documents.ts';
import { loadDocuments } from './documents.ts';
import { APP } from './fields/app-fields.ts';
import { CONNECTION_FIELDS } from './fields/connection-fields.ts';
import { DEFAULT_SCOPE } from './fields/scope-fields.ts';
import { DEVELOPMENT_FIELDS, EDGE_FIELDS, FORWARDING_FIELDS, PROCESS_FIELDS } from './fields/server-fields.ts';
import { STREAM, STREAM_UPSTREAM } from './fields/stream-fields.ts';
import { UPSTREAM } from './fields/upstream-fields.ts';
import { CHARSET_MAP, GEO, MAP, SPLIT, ZONE } from './fields/variable-fields.ts';
import type { Kind, Path, TomlValue } from './kind.ts';
import { describe, FAULTS_MAX, FAULTY, isTable } from './kind.ts';
import { listenersOf, usualBacklog } from './listeners.ts';
import { ModelBuilder } from './model-builder.ts';
import type { Elsewhere } from './placeholders.ts';
import { replacePlaceholders } from './placeholders.ts';
import type { Around } from './read-site.ts';
import { IN_SITE, ONLY_APP, SiteReader } from './read-site.ts';
import { StreamReader } from './read-streams.ts';
import { list, table } from './table.ts';
import type { KnownKeys } from './unknown-keys.ts';
import { tellUnknownKeys } from './unknown-keys.ts';

export interface TomlWorld extends TomlFiles, Elsewhere {
  /** What `portico serve` would run without a word. */
  readonly defaults: ServerModel;
}

export interface ModelReading {
  /** Undefined when there are errors. */
  readonly model: ServerModel | undefined;
  readonly diagnostics: readonly Diagnostic[];
  /** Those that were read, the first one and what it includes. */
  readonly files: readonly string[];
}

const PROCESS = table(PROCESS_FIELDS);
const EDGE = table(EDGE_FIELDS);
const FORWARDING = table(FORWARDING_FIELDS);
const DEVELOPMENT = table(DEVELOPMENT_FIELDS);
const CONNECTION = table(CONNECTION_FIELDS);
const CHARSET_MAPS = list(CHARSET_MAP);

const KEYS = {
  include: [],
  app: APP.parts ?? [],
  site: Array.from(IN_SITE.keys(), (name) => ({ name })),
  upstream: UPSTREAM.parts ?? [],
  stream: STREAM.parts ?? [],
  'stream-upstream': STREAM_UPSTREAM.parts ?? [],
  server: PROCESS.parts ?? [],
  edge: EDGE.parts ?? [],
  forwarding: FORWARDING.parts ?? [],
  connection: CONNECTION.parts ?? [],
  development: DEVELOPMENT.parts ?? [],
  ...{ apps: [], defaults: [], zone: [], map: [], geo: [], split: [], 'charset-map': [] },
  ...{ 'stream-map': [], 'stream-geo': [], 'stream-split': [] },
};
type Key = keyof typeof KEYS;
const KNOWN_KEYS: KnownKeys = new Map(Object.entries(KEYS));

/** `file`: an absolute path. */
export async function readTomlModel(file: string, world: TomlWorld): Promise<ModelReading> {
  const documents = loadDocuments(file, world);
  if (!documents.ok) {
    const place = { kind: 'file', file, line: 1, column: 1, length: 0 } as const;
    return {
      model: undefined,
      diagnostics: [{ severity: 'error', code: 'toml.file', place, message: `${documents.fault}.` }],
      files: [],
    };
  }
  for (const document of documents.value) {
    document.table = replacePlaceholders(document.table, world, document);
  }
  const model = new ModelReader(documents.value, world.defaults).read();
  const all = (await Promise.all(documents.value.map((each) => each.diagnostics()))).flat();
  const diagnostics = all.slice(0, FAULTS_MAX);
  const files = documents.value.map(({ file: each }) => each);
  return { model: diagnostics.length === 0 ? model : undefined, diagnostics, files };
}

class ModelReader {
  readonly #documents: readonly TomlDocument[];
  readonly #defaults: ServerModel;
  readonly #builder: ModelBuilder;

  constructor(documents: readonly TomlDocument[], defaults: ServerModel) {
    this.#documents = documents;
    this.#defaults = defaults;
    this.#builder = new ModelBuilder(omit(firstApp(defaults), 'id'));
  }

  read(): ServerModel {
    for (const document of this.#documents) {
      tellUnknownKeys(document.table, KNOWN_KEYS, [], document);
    }
    const { process, edge, forwarding, development, connections } = this.#defaults;
    const builder = this.#builder;
    const connection = this.#once('connection', CONNECTION, connections[0]);
    if (connection !== undefined) {
      builder.connections.add(connection);
    }
    this.#readApps();
    this.#readUpstreams();
    const reader = this.#readStreams();
    const streams = reader.streams(this.#readVariables('stream-'));
    this.#readSites(streams !== undefined);
    const listeners = listenersOf(builder.sites, this.#defaults.listeners);
    reader.checkApart(listeners);
    const variables = this.#readVariables('');
    const zones = this.#named('zone', ZONE).map(([name, zone]) => ({ name, ...zone }));
    this.#tellUndefined([...variables, ...(streams?.variables ?? [])], zones);
    const watched = this.#once('development', DEVELOPMENT, development);
    return {
      listeners,
      sites: builder.sites.map(({ site }) => site),
      apps: [...builder.apps.values()],
      scopes: builder.scopes.values,
      connections: builder.connections.values,
      types: builder.types.values,
      variables,
      charsetMaps: this.#each('charset-map', CHARSET_MAPS).flat(),
      zones,
      logs: builder.logs.values,
      ...builder.proxying,
      ...(streams === undefined ? {} : { streams }),
      certificates: builder.certificates.values,
      edge: this.#once('edge', EDGE, edge),
      forwarding: this.#once('forwarding', FORWARDING, forwarding),
      process: { ...process, ...this.#once('server', PROCESS, process) },
      ...(watched === undefined ? {} : { development: watched }),
    };
  }

  #tellUndefined(variables: ServerModel['variables'], zones: ServerModel['zones']): void {
    const [first] = this.#documents;
    for (const { variable } of variables) {
      first?.names.defineVariable(variable);
    }
    first?.names.tellUndefined(zones.map(({ name }) => name));
  }

  /** The documents that say something under a key. */
  *#saying(key: Key): Generator<readonly [TomlDocument, TomlValue]> {
    for (const document of this.#documents) {
      const value = document.table[key];
      if (value !== undefined) {
        yield [document, value];
      }
    }
  }

  /** A table that may stand in one file only. */
  #once<T, D extends T | undefined>(key: Key, kind: Kind<T>, around: D): T | D {
    let found: T | D = around;
    let first: TomlDocument | undefined;
    for (const [document, value] of this.#saying(key)) {
      if (first !== undefined) {
        document.reportConflict([key], `"${key}" stands in ${first.file} too; it belongs in one file`);
        continue;
      }
      first = document;
      const read = kind.read(value, [key], document, around);
      if (read !== FAULTY) {
        found = read;
      }
    }
    return found;
  }

  #each<T>(key: Key, kind: Kind<T>): T[] {
    return [...this.#saying(key)].flatMap(([document, value]) => {
      const read = kind.read(value, [key], document, undefined);
      return read === FAULTY ? [] : [read];
    });
  }

  /** Tables whose keys are names, each of which stands once in all files. */
  #named<T>(key: Key, kind: Kind<T>, around?: T): [string, T][] {
    const found = new Map<string, T>();
    for (const [document, value] of this.#saying(key)) {
      if (!isTable(value)) {
        document.report([key], `${describe(value)} is not a table of names`);
        continue;
      }
      for (const [name, each] of Object.entries(value)) {
        const path: Path = [key, name];
        if (found.has(name)) {
          document.reportConflict(path, `"${name}" is defined a second time`);
        }
        const read = kind.read(each, path, document, around);
        if (read !== FAULTY) {
          found.set(name, read);
        }
      }
    }
    return [...found];
  }

  /** `of`: whose they are, as it stands in front of the names of their tables. */
  #readVariables(of: '' | 'stream-'): ServerModel['variables'] {
    return [
      ...this.#named(`${of}map`, MAP).map(([variable, map]) => ({ kind: 'map', variable, ...map }) as const),
      ...this.#named(`${of}geo`, GEO).map(([variable, geo]) => ({ kind: 'geo', variable, ...geo }) as const),
      ...this.#named(`${of}split`, SPLIT).map(([variable, split]) => ({ kind: 'split', variable, ...split }) as const),
    ];
  }

  #readApps(): void {
    const defaults = omit(firstApp(this.#defaults), 'id');
    for (const [document, value] of this.#saying('app')) {
      const read = tellNamedApps(document, value) ? undefined : this.#readApp(document, value, ['app'], defaults);
      if (read !== undefined) {
        this.#builder.apps.set(ONLY_APP, { ...read, id: ONLY_APP });
      }
    }
    for (const [document, value] of this.#saying('apps')) {
      for (const [name, each] of isTable(value) ? Object.entries(value) : []) {
        const read = this.#readApp(document, each, ['apps', name], defaults);
        if (this.#builder.apps.has(name)) {
          document.reportConflict(['apps', name], `the application "${name}" is defined a second time`);
        } else if (read !== undefined) {
          this.#builder.apps.set(name, { ...read, id: name });
        }
      }
    }
  }

  #readUpstreams(): void {
    for (const [document, each, path] of this.#tables('upstream', 'its "name" and its "servers"')) {
      const read = UPSTREAM.read(each, path, document, undefined);
      if (read === FAULTY) {
        continue;
      }
      const { sticky, name } = read;
      const learner = sticky?.kind === 'learn' ? this.#builder.upstreams.learnerOf(sticky.zone) : undefined;
      if (learner !== undefined) {
        const at = [...path, 'sticky', 'learn', 'name'];
        document.reportConflict(
          at,
          `the upstream "${learner}" remembers its sessions by this name, and has other servers`,
        );
      }
      if (!this.#builder.upstreams.define(this.#builder.upstream(read))) {
        document.reportConflict([...path, 'name'], `the upstream "${name}" is defined a second time`);
      }
    }
  }

  #readStreams(): StreamReader {
    const reader = new StreamReader(this.#builder, usualBacklog(this.#defaults.listeners));
    for (const [document, each, path] of this.#tables('stream-upstream', 'its "name" and its "servers"')) {
      reader.readUpstream(each, path, document);
    }
    for (const [document, each, path] of this.#tables('stream', 'its "listen" and its "proxy"')) {
      reader.readStream(each, path, document);
    }
    return reader;
  }

  /** Those of a key that may be said several times. */
  *#tables(key: Key, parts: string): Generator<readonly [TomlDocument, TomlValue, Path]> {
    for (const [document, value] of this.#saying(key)) {
      if (Array.isArray(value)) {
        for (const [index, each] of (value as readonly TomlValue[]).entries()) {
          yield [document, each, [key, index]];
        }
      } else {
        document.report([key], `"${key}" is written as [[${key}]], with ${parts}`, 'key');
      }
    }
  }

  #readApp(
    document: TomlDocument,
    value: TomlValue,
    path: Path,
    defaults: Omit<App, 'id'>,
  ): Omit<App, 'id'> | undefined {
    // Its module is the one thing that has no default.
    const isNamed = typeof value === 'string' || (isTable(value) && 'module' in value);
    if (!isNamed) {
      document.report(path, '"module" is missing');
    }
    const read = APP.read(value, path, document, defaults);
    return read === FAULTY ? undefined : read;
  }

  /** A server may have streams alone. */
  #readSites(hasStreams: boolean): void {
    const around = this.#readDefaults();
    for (const [document, value] of this.#saying('site')) {
      const reader = new SiteReader(this.#builder, document);
      const sites = Array.isArray(value) ? (value as readonly TomlValue[]) : [value];
      for (const [index, site] of sites.entries()) {
        const path: Path = Array.isArray(value) ? ['site', index] : ['site'];
        if (isTable(site)) {
          reader.readSite(site, path, around);
        } else {
          document.report(path, `${describe(site)} is not a table`);
        }
      }
    }
    const [first] = this.#documents;
    if (this.#builder.sites.length === 0 && first !== undefined) {
      // A file that an editor has emptied, and has not written again yet, must not become what a reload serves.
      const isSound = this.#documents.every((document) => document.isSound);
      if (isSound && !this.#builder.apps.has(ONLY_APP) && this.#saying('defaults').next().done === true) {
        if (hasStreams) {
          return;
        }
        first.report([], 'nothing is served: there is neither an [app] nor a [[site]] nor a [[stream]]');
      }
      new SiteReader(this.#builder, first).readSite({}, ['site'], around);
    }
  }

  /** What holds for every site: the application of `[app]`, and `[defaults]`. */
  #readDefaults(): Around {
    const hasApp = this.#builder.apps.has(ONLY_APP);
    const content: Content = hasApp
      ? { kind: 'app', app: ONLY_APP, scriptName: '', folders: [], servesDeclared: true }
      : { kind: 'files' };
    let around: Around = { scope: DEFAULT_SCOPE, content };
    for (const [document, value] of this.#saying('defaults')) {
      if (isTable(value)) {
        around = new SiteReader(this.#builder, document).readDefaults(value, ['defaults'], around) ?? around;
      } else {
        document.report(['defaults'], `${describe(value)} is not a table`);
      }
    }
    return around;
  }
}

/** True if tables of named applications stand where the only one is described. */
function tellNamedApps(document: TomlDocument, value: TomlValue): boolean {
  const named = isTable(value) && !('module' in value) ? Object.entries(value).filter(([, each]) => isTable(each)) : [];
  for (const [name] of named) {
    document.report(['app', name], `[app] is the only application. One of several is [apps.${name}]`, 'key');
  }
  return named.length > 0;
}

function firstApp({ apps }: ServerModel): App {
  const [app] = apps;
  if (app === undefined) {
    throw new Error('the model of "portico serve" has no application');
  }
  return app;
}
