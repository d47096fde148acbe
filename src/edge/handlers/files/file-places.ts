/**
 * Where the paths of a scope's requests are on the disk: below a root, or where an alias says. A folder that is the same for each request is looked into by the path
 * below it; where variables of the request are in it, by the whole path.
 */

import type { Files } from '../../../config/model/files.ts';
import type { Template, TemplatePart } from '../../../config/model/template.ts';
import { leadsUp } from '../../pipeline/leads-up.ts';
import { endingOf, mediaTypeOf } from '../../pipeline/media-type.ts';
import type { CompiledScope, CompiledTemplate, CompiledTypes, Route } from '../../pipeline/route.ts';
import type { FileRule, Folder, LinkRule } from '../static/folder.ts';
import { Root } from '../static/root.ts';
import { compileFileRule, withType } from './file-rule.ts';

/** A file, as it is looked up. */
export interface FilePlace {
  readonly folder: Folder;
  readonly path: string;
}

/** What of a folder is not the same for each request: the media type of an alias, and what is said of links. */
interface Variation {
  readonly type: string | undefined;
  /** The template's text of the scope's links. */
  readonly links: string | undefined;
}

/** Variations of one scope's folder that are remembered. Types are few; the rest is made of what requests say, and is made anew. */
const VARIATIONS_MAX = 64;

/** Requests whose path `try_files` has made in a location of a regex: it is appended to the alias, which else stands for the whole path. */
const appended = new WeakSet<Route>();

export class FilePlaces {
  readonly rule: FileRule;
  readonly #isAlias: boolean;
  readonly #types: CompiledTypes;
  readonly #hidesDotted: boolean;
  readonly #root: CompiledTemplate;
  /** How often the configuration itself leads upwards in a root that variables are in; Infinity: the root is one variable, which may say anything. */
  readonly #upsOfRoot: number;
  /** Undefined: links are treated the same for each request. */
  readonly #variableLinks: ((route: Route) => string) | undefined;
  readonly #linkKind: Files['symlinks']['kind'];
  readonly #usual: Folder;
  readonly #variations = new Map<string, Folder>();

  constructor(scope: CompiledScope, compile: (template: Template) => CompiledTemplate) {
    const { files } = scope.model;
    const { symlinks } = files;
    const rule = compileFileRule(scope);
    this.rule = rule;
    this.#types = scope.types;
    this.#isAlias = files.kind === 'alias';
    this.#hidesDotted = !files.servesHidden;
    const { root } = scope;
    this.#root = typeof root === 'string' ? this.#withoutSlash(root) : (route) => this.#withoutSlash(root(route));
    this.#upsOfRoot =
      typeof files.path === 'string' || files.path.length === 1 ? Infinity : countUps(literalOf(files.path));
    const from = 'from' in symlinks ? compile(symlinks.from ?? '') : this.#root;
    this.#linkKind = symlinks.kind;
    this.#variableLinks = symlinks.kind === 'anywhere' || typeof from === 'string' ? undefined : from;
    this.#usual = {
      prefix: typeof this.#root === 'string' ? this.#root : '',
      rule,
      links: makeLinks(symlinks.kind, typeof from === 'string' ? from : ''),
      fallback: undefined,
    };
  }

  /**
   * Whether the file of a path may be in another folder than the one that the configuration names, because the path, or what a client's variables have made of the
   * root, leads upwards. nginx would serve it: `location /img { alias /srv/img/; }` gives everybody `/srv/secret` as `/img../secret`.
   */
  strays(route: Route, path: string): boolean {
    return leadsUp(this.#restOf(route, path) ?? '') || this.#rootStrays(route);
  }

  #rootStrays(route: Route): boolean {
    return typeof this.#root !== 'string' && countUps(this.#root(route)) > this.#upsOfRoot;
  }

  /** Where the file of a path is. Undefined: a rewrite has led the path out of the location whose alias it is, or the root is none. */
  of(route: Route, path: string): FilePlace | undefined {
    const rest = this.#restOf(route, path);
    return rest === undefined ? undefined : this.#at(route, path, rest);
  }

  /** Where a path of `try_files` is. `isMade`: variables were in it. */
  ofTried(route: Route, path: string, isMade: boolean): FilePlace | undefined {
    const rest = this.withoutPrefix(route, path, isMade);
    // What the configuration itself has written down may lead anywhere.
    return isMade && (leadsUp(rest) || this.#rootStrays(route)) ? undefined : this.#at(route, path, rest);
  }

  /** The path of the request from now on, when `try_files` has found something. */
  pathOfTried(route: Route, path: string, { isMade, isDirectory }: { isMade: boolean; isDirectory: boolean }): string {
    if (!this.#isAlias) {
      return path;
    }
    const { aliasLength } = route.location;
    if (aliasLength !== undefined) {
      return route.path.slice(0, aliasLength) + this.withoutPrefix(route, path, isMade);
    }
    if (isDirectory) {
      return route.path;
    }
    appended.add(route);
    return path;
  }

  /** How links are treated, for who looks at a path without serving it. */
  linksFor(route: Route): LinkRule {
    const links = this.#variableLinks?.(route);
    return links === undefined ? this.#usual.links : makeLinks(this.#linkKind, links);
  }

  isHidden(path: string): boolean {
    return this.#hidesDotted && path.replace(/^\/\.well-known(?=\/|$)/, '').includes('/.');
  }

  #restOf(route: Route, path: string): string | undefined {
    if (!this.#isAlias) {
      return path;
    }
    const { aliasLength, text, kind } = route.location;
    if (aliasLength === undefined) {
      return appended.has(route) ? path : '';
    }
    return kind === 'regex' || path.startsWith(text) ? path.slice(aliasLength) : undefined;
  }

  /** nginx takes the location's own path away from what variables have made, for `$uri` begins with it. */
  withoutPrefix({ location: { aliasLength = 0 }, path: present }: Route, path: string, isMade: boolean): string {
    const hasPrefix = this.#isAlias && isMade && path.startsWith(present.slice(0, aliasLength));
    return hasPrefix ? path.slice(aliasLength) : path;
  }

  #at(route: Route, path: string, rest: string): FilePlace | undefined {
    if (typeof this.#root === 'string') {
      return { folder: this.#folderFor(route, path, rest), path: rest };
    }
    const root = this.#root(route);
    // Without it, an empty variable would make the whole file system of the root.
    if (!root.startsWith('/')) {
      return undefined;
    }
    const whole = root + rest;
    return { folder: this.#folderFor(route, path, whole), path: whole };
  }

  #folderFor(route: Route, path: string, below: string): Folder {
    const links = this.#variableLinks?.(route);
    const type = this.#typeFor(route, path, below);
    return links === undefined && type === undefined ? this.#usual : this.#vary({ links, type });
  }

  /** Undefined: that of the file's name. */
  #typeFor(route: Route, path: string, below: string): string | undefined {
    // The media type is that of the path in the URL: `location = /favicon.ico { alias /srv/icon.png; }`.
    if (this.#isAlias && endingOf(path) !== endingOf(this.#usual.prefix + below)) {
      return this.rule.look.typeOf(path);
    }
    const isMade = typeof this.#types.fallback !== 'string' && this.#types.typeOf(endingOf(path)) === undefined;
    return isMade ? mediaTypeOf(route) : undefined;
  }

  #vary({ links, type }: Variation): Folder {
    const key = `${type ?? ''}\n${links ?? ''}`;
    const known = this.#variations.get(key);
    if (known !== undefined) {
      return known;
    }
    const folder = {
      ...this.#usual,
      rule: type === undefined ? this.rule : withType(this.rule, type),
      links: links === undefined ? this.#usual.links : makeLinks(this.#linkKind, links),
    };
    if (this.#variations.size >= VARIATIONS_MAX) {
      this.#variations.clear();
    }
    this.#variations.set(key, folder);
    return folder;
  }

  /** Paths that are put behind a root begin with a slash. */
  #withoutSlash(text: string): string {
    return !this.#isAlias && text.endsWith('/') && text !== '/' ? text.slice(0, -1) : text;
  }
}

function literalOf(parts: readonly TemplatePart[]): string {
  return parts.map((part) => (typeof part === 'string' ? part : 'x')).join('');
}

function countUps(path: string): number {
  return leadsUp(path) ? path.split('/').filter((name) => name === '..').length : 0;
}

/** `text`: where links begin to be looked at, or the root out of which none may lead. */
function makeLinks(kind: Files['symlinks']['kind'], text: string): LinkRule {
  switch (kind) {
    case 'anywhere':
      return { kind };
    case 'inside':
      return { kind, root: new Root(text.replace(/\/+$/, '')) };
    case 'none':
    case 'owner':
      return { kind, from: text };
  }
}
