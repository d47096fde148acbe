/** From the table of a site, and those of its locations, to the model's. What a location does not say is as around it. */

import { isEqual } from '../../kernel/is-equal.ts';
import { omit } from '../../kernel/omit.ts';
import type { Content } from '../model/content.ts';
import type { Instruction } from '../model/instruction.ts';
import type { Location, Site } from '../model/server-model.ts';
import { nearestWord } from '../nearest.ts';
import { renderServerName } from '../render-server-name.ts';
import type { WrittenContent } from './fields/content-fields.ts';
import { CONTENT_FIELDS } from './fields/content-fields.ts';
import type { Rule } from './fields/rule-fields.ts';
import type { WrittenScope } from './fields/scope-fields.ts';
import { SCOPE_FIELDS } from './fields/scope-fields.ts';
import { LOCATION_FIELDS, SITE_FIELDS } from './fields/site-fields.ts';
import type { Kind, Path, Reading, TomlTable, TomlValue } from './kind.ts';
import { describe, FAULTY, isTable } from './kind.ts';
import { parseLocationKey } from './location-key.ts';
import type { ModelBuilder } from './model-builder.ts';
import { noteMatch } from './note-names.ts';
import type { Where } from './read-proxy.ts';
import { isInheritable, readProxy } from './read-proxy.ts';
import { fallbacks, fieldsOf, table } from './table.ts';
import type { KnownKeys } from './unknown-keys.ts';
import { knownKeys, tellUnknownKeys } from './unknown-keys.ts';

/** What holds around a place. */
export interface Around {
  readonly scope: WrittenScope;
  readonly content: Content;
}

const SCOPE = table(SCOPE_FIELDS);
const CONTENT = table(CONTENT_FIELDS);
const SITE = table(SITE_FIELDS);
const LOCATION = table(LOCATION_FIELDS);
/** The name of the application of `[app]`. */
export const ONLY_APP = 'app';
/** The key of the table of locations. */
const LOCATIONS = 'location';

const SITE_ITSELF: Where = { kind: 'site' };
const NO_CONTENT = fallbacks(CONTENT_FIELDS);

const SCOPE_NAMES = namesOf(SCOPE_FIELDS);
const CONTENT_NAMES = namesOf(CONTENT_FIELDS);
const SITE_NAMES = namesOf(SITE_FIELDS);
const LOCATION_NAMES = namesOf(LOCATION_FIELDS);
const IN_CONDITION = knownKeys([...fieldsOf(CONTENT_FIELDS), ...fieldsOf(SCOPE_FIELDS)]);
export const IN_SITE: KnownKeys = new Map([...IN_CONDITION, ...knownKeys(fieldsOf(SITE_FIELDS)), [LOCATIONS, []]]);
const IN_LOCATION: KnownKeys = new Map([...IN_CONDITION, ...knownKeys(fieldsOf(LOCATION_FIELDS)), [LOCATIONS, []]]);

function namesOf(fields: object): ReadonlySet<string> {
  return new Set(fieldsOf(fields).map(({ name }) => name));
}

export class SiteReader {
  readonly #builder: ModelBuilder;
  readonly #reading: Reading;

  constructor(builder: ModelBuilder, reading: Reading) {
    this.#builder = builder;
    this.#reading = reading;
  }

  readSite(value: TomlTable, path: Path, around: Around): void {
    tellUnknownKeys(value, IN_SITE, path, this.#reading);
    const own = this.#part(SITE, value, SITE_NAMES, path);
    // Of a site these are rules of all of its connections, and not those of a request that a place answers.
    const place = this.#readPlace(omit(value, 'connection'), path, around, SITE_ITSELF);
    const inside = place?.around ?? around;
    // Whatever is wrong here, what is wrong in the locations is told too.
    const locations = this.#readLocations(value[LOCATIONS], [...path, LOCATIONS], inside);
    if (own === undefined || place === undefined) {
      return;
    }
    const { rewrite } = place;
    const [first] = own.names.flat();
    const site: Site = {
      name: first === undefined ? '' : renderServerName(first),
      connection: own.connection === undefined ? 0 : this.#builder.connections.add(own.connection),
      ...(own.tls === undefined ? {} : { tls: this.#builder.tls(own.tls) }),
      rewrite,
      scope: this.#builder.scope(inside.scope),
      content: inside.content,
      locations,
    };
    const report = (message: string): void => this.#reading.report([...path, 'listen'], message);
    this.#builder.sites.push({ site, report, listen: own.listen, names: own.names });
  }

  /** What holds for all sites. */
  readDefaults(value: TomlTable, path: Path, around: Around): Around | undefined {
    tellUnknownKeys(value, IN_CONDITION, path, this.#reading);
    const place = this.#readPlace(value, path, around, SITE_ITSELF);
    if (place !== undefined && place.rewrite.length > 0) {
      this.#reading.report([...path, 'rules'], 'rules stand in a site or a location, where they are run');
    }
    return place?.around;
  }

  #readLocations(value: TomlValue | undefined, path: Path, around: Around): Location[] {
    if (value === undefined) {
      return [];
    }
    if (!isTable(value)) {
      this.#reading.report(path, `${describe(value)} is not a table of locations. Write [site.location."/path/"]`);
      return [];
    }
    return Object.entries(value).flatMap(([key, each]) => this.#readLocation(key, each, [...path, key], around) ?? []);
  }

  #readLocation(key: string, said: TomlValue, path: Path, around: Around): Location | undefined {
    const match = parseLocationKey(key);
    const value = withAliasSlash(key, said);
    if (match.ok) {
      noteMatch(match.value, path, this.#reading);
    } else {
      this.#reading.report(path, match.fault);
    }
    if (!isTable(value)) {
      this.#reading.report(path, `${describe(value)} is not a table`);
      return undefined;
    }
    tellUnknownKeys(value, IN_LOCATION, path, this.#reading);
    const own = this.#part(LOCATION, value, LOCATION_NAMES, path);
    const place = this.#readPlace(value, path, around, match.ok ? match.value : SITE_ITSELF);
    const locations = this.#readLocations(value[LOCATIONS], [...path, LOCATIONS], place?.around ?? around);
    if (!match.ok || own === undefined || place === undefined) {
      return undefined;
    }
    return {
      match: match.value,
      ...own,
      rewrite: place.rewrite,
      scope: this.#builder.scope(place.around.scope),
      content: place.around.content,
      locations,
    };
  }

  /** What sites, locations and conditions have in common. */
  #readPlace(
    value: TomlTable,
    path: Path,
    around: Around,
    where: Where,
  ): { readonly around: Around; readonly rewrite: readonly Instruction[] } | undefined {
    const scope = this.#part(SCOPE, value, SCOPE_NAMES, path, around.scope);
    const written = this.#part(CONTENT, value, CONTENT_NAMES, path);
    if (scope === undefined || written === undefined) {
      this.#instructions(written?.rules ?? [], [...path, 'rules'], around);
      return undefined;
    }
    const content = this.#contentOf(written, {
      namesFolder: namesFolder(value['files']),
      where,
      around: around.content,
      path,
    });
    if (content === undefined) {
      this.#instructions(written.rules, [...path, 'rules'], around);
      return undefined;
    }
    const inside = { scope, content };
    return { around: inside, rewrite: this.#instructions(written.rules, [...path, 'rules'], inside) };
  }

  #part<T extends object>(
    kind: Kind<T>,
    value: TomlTable,
    names: ReadonlySet<string>,
    path: Path,
    around?: T,
  ): T | undefined {
    const part = Object.fromEntries(Object.entries(value).filter(([name]) => names.has(name)));
    const read = kind.read(part, path, this.#reading, around);
    return read === FAULTY ? undefined : read;
  }

  #contentOf(
    { app, proxy, answer, redirect, reply, scriptName, folders, servesDeclared }: WrittenContent,
    { namesFolder: hasFolder, where, around, path }: PlaceOfContent,
  ): Content | undefined {
    const isMount = where.kind === 'prefix' || where.kind === 'final-prefix';
    const prefix = isMount ? where.text : '';
    if (proxy !== undefined) {
      return this.#proxyOf(proxy, { around, where, path });
    }
    if (answer !== undefined) {
      return { kind: answer };
    }
    if (redirect !== undefined) {
      return { kind: 'reply', status: redirect.status, body: redirect.to };
    }
    if (reply !== undefined) {
      return { kind: 'reply', status: reply.status, body: reply.text };
    }
    if (app !== undefined) {
      return {
        kind: 'app',
        app: this.#appNamed(app, path),
        scriptName: scriptName ?? prefix.replace(/\/$/, ''),
        folders: folders ?? (around.kind === 'app' ? around.folders : []),
        servesDeclared: servesDeclared ?? true,
      };
    }
    if (hasFolder) {
      return { kind: 'files' };
    }
    if (!isInheritable(around, where)) {
      this.#reading.report(
        path,
        'the path in "proxy" around this place stands in place of another prefix. Say in "proxy" here where requests go',
      );
      return undefined;
    }
    return around.kind === 'app'
      ? {
          ...around,
          scriptName: scriptName ?? around.scriptName,
          folders: folders ?? around.folders,
          servesDeclared: servesDeclared ?? around.servesDeclared,
        }
      : around;
  }

  #proxyOf(value: TomlTable, { around, where, path }: Omit<PlaceOfContent, 'namesFolder'>): Content | undefined {
    if (value['to'] === undefined && !isInheritable(around, where)) {
      return this.#contentOf(NO_CONTENT, { namesFolder: false, around, where, path });
    }
    return readProxy(value, { path: [...path, 'proxy'], reading: this.#reading, around, where }, this.#builder);
  }

  /** A name of `[apps]`, or a module. What is nearly such a name, and has no dot as modules of packages have, is a slip. */
  #appNamed(text: string, path: Path): string {
    const names = [...this.#builder.apps.keys()];
    const isSlip = /^\w[\w-]*$/.test(text) && !names.includes(text) && !this.#builder.apps.has(ONLY_APP);
    const nearest = isSlip ? nearestWord(text, names) : undefined;
    if (nearest !== undefined) {
      const message = `there is no [apps.${text}]. Did you mean "${nearest}"? A module of this name is written as "${text}:app", with its callable`;
      this.#reading.report([...path, 'app'], message);
    }
    return this.#builder.appNamed(text);
  }

  #instructions(rules: readonly Rule[], path: Path, around: Around): Instruction[] {
    return rules.flatMap((rule, index): Instruction[] => {
      if (rule.kind !== 'if') {
        return [rule];
      }
      tellUnknownKeys(rule.inside, IN_CONDITION, [...path, index], this.#reading);
      const place = this.#readPlace(rule.inside, [...path, index], around, { kind: 'condition' });
      if (place === undefined) {
        return [];
      }
      const { scope, content } = place.around;
      // Rules are run before anything else is asked, and so is an answer among them.
      const isAnswered = content.kind === 'reply' && content !== around.content;
      return [
        {
          kind: 'if',
          condition: rule.condition,
          inside: [
            ...this.#instructions(rule.rules, [...path, index, 'rules'], place.around),
            ...place.rewrite,
            ...(isAnswered ? [{ ...content, kind: 'return' as const }] : []),
          ],
          scope: this.#builder.scope(scope),
          // A condition that says nothing of it leaves it to the location, also to one that is found later.
          content: isAnswered || isEqual(content, around.content) ? undefined : content,
        },
      ];
    });
  }
}

interface PlaceOfContent {
  readonly namesFolder: boolean;
  readonly around: Content;
  readonly path: Path;
  readonly where: Where;
}

/** Who names a folder means its files. */
function namesFolder(files: TomlValue | undefined): boolean {
  return typeof files === 'string' || (files !== undefined && isTable(files) && ('root' in files || 'alias' in files));
}

/** In `/media/` the folder `media` is what `/media/` stands for, with or without a slash at its end. nginx would make `mediaa.txt` of `/media/a.txt`. */
function withAliasSlash(key: string, value: TomlValue): TomlValue {
  if (!/^[^~=@].*\/$/s.test(key) || !isTable(value)) {
    return value;
  }
  const { files } = value;
  const alias = files !== undefined && isTable(files) ? files['alias'] : undefined;
  return typeof alias === 'string' && !alias.endsWith('/')
    ? { ...value, files: { ...(files as TomlTable), alias: `${alias}/` } }
    : value;
}
