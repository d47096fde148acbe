/** From the model's sites and locations to their tables: what is as around a place is not said in it. */

import { isEqual } from '../../kernel/is-equal.ts';
import { omit } from '../../kernel/omit.ts';
import type { AppContent, Content, ReplyContent } from '../model/content.ts';
import type { Instruction } from '../model/instruction.ts';
import type { ProxyContent } from '../model/proxying.ts';
import { isRedirect } from '../model/redirect-status.ts';
import type { Listener, Location, ServerModel, ServerName, Site } from '../model/server-model.ts';
import type { SiteTls } from '../model/site-tls.ts';
import { renderServerName } from '../render-server-name.ts';
import { at } from './at.ts';
import type { WrittenContent } from './fields/content-fields.ts';
import { CONTENT_FIELDS } from './fields/content-fields.ts';
import type { Rule } from './fields/rule-fields.ts';
import type { WrittenScope } from './fields/scope-fields.ts';
import { SCOPE_FIELDS } from './fields/scope-fields.ts';
import type { WrittenSite, WrittenTls } from './fields/site-fields.ts';
import { LOCATION_FIELDS, SITE_FIELDS } from './fields/site-fields.ts';
import type { TomlTable } from './kind.ts';
import { isTable } from './kind.ts';
import type { Listen } from './listen.ts';
import { listenOf, usualBacklog } from './listeners.ts';
import { parseLocationKey, renderLocationKey } from './location-key.ts';
import type { Around } from './read-site.ts';
import { parseServerName } from './server-name.ts';
import { fallbacks, table } from './table.ts';
import { renderTemplateText } from './template-text.ts';
import { writeProxy } from './write-proxy.ts';

const SCOPE = table(SCOPE_FIELDS);
const CONTENT = table(CONTENT_FIELDS);
const SITE = table(SITE_FIELDS);
const LOCATION = table(LOCATION_FIELDS);
const NO_CONTENT = fallbacks(CONTENT_FIELDS);
const PLAIN_LOCATION = fallbacks(LOCATION_FIELDS);
const PLAIN_SITE = fallbacks(SITE_FIELDS);

export class SiteWriter {
  readonly #model: ServerModel;
  /** The name in the file of an application. */
  readonly #appName: (id: string) => string;
  /** What cannot be said in the file, a sentence each. */
  readonly notes: string[] = [];

  /** Where a site is served that names no address. */
  readonly #usualBacklog: number;
  readonly #usualListen: readonly Listen[];

  constructor(model: ServerModel, usual: readonly Listener[], appName: (id: string) => string) {
    this.#model = model;
    this.#usualBacklog = usualBacklog(usual);
    this.#usualListen = usual.map((each) => listenOf(each, this.#usualBacklog));
    this.#appName = appName;
  }

  /** A site whose names are those of another one before it, at each of its addresses. */
  isReached(index: number): boolean {
    return this.#model.listeners.some(
      ({ names, fallback }) => fallback === index || names.some(({ site }) => site === index),
    );
  }

  writeSite(site: Site, index: number, around: Around): TomlTable {
    const inside = { scope: this.scopeOf(site.scope), content: site.content };
    const { connections } = this.#model;
    const connection = site.connection === 0 ? undefined : connections[site.connection];
    const own: WrittenSite = {
      ...this.#addressesOf(index),
      tls: site.tls === undefined ? undefined : this.#tlsOf(site.tls),
      connection,
    };
    return {
      ...tableOf(SITE.write(own, PLAIN_SITE)),
      ...this.#place(ofSite(inside, around), around, { rewrite: site.rewrite, prefix: '' }),
      ...this.#locations(site.locations, inside),
    };
  }

  scopeOf(index: number): WrittenScope {
    const { scopes, types, logs } = this.#model;
    const { types: typesIndex, accessLogs, ...rest } = at(scopes, index);
    return {
      ...rest,
      types: at(types, typesIndex),
      accessLogs: accessLogs.map(({ target, format, when }) => ({ ...at(logs, target), format, when })),
    };
  }

  #tlsOf({ certificates, ...rest }: SiteTls): WrittenTls {
    return { ...rest, certificates: certificates.map((each) => at(this.#model.certificates, each)) };
  }

  #addressesOf(site: number): Pick<WrittenSite, 'names' | 'listen'> {
    const own = this.#model.listeners.filter(
      ({ names, fallback }) => fallback === site || names.some((each) => each.site === site),
    );
    const listen = own.flatMap((listener): Listen[] => {
      const { address, tls, isIpv6Only, hasProxyHeader, speaks, backlog, fallback, names } = listener;
      const isFirst = Math.min(fallback, ...names.map((each) => each.site)) === site;
      return address === undefined
        ? []
        : [
            {
              ...{ address, tls, isIpv6Only, hasProxyHeader: hasProxyHeader === true, isUwsgi: speaks === 'uwsgi' },
              backlog: backlog === this.#usualBacklog ? undefined : backlog,
              isDefault: fallback === site && !isFirst,
            },
          ];
    });
    const names = new Set(
      own.flatMap((listener) =>
        listener.names.filter((each) => each.site === site).map(({ name }) => JSON.stringify(name)),
      ),
    );
    return {
      listen: isEqual(listen, this.#usualListen) ? [] : listen,
      names: [...names].flatMap((text) => {
        const name = JSON.parse(text) as ServerName;
        if (parseServerName(renderServerName(name)).ok) {
          return [[name]];
        }
        this.notes.push(`the name "${renderServerName(name)}" is left out: no host is called so`);
        return [];
      }),
    };
  }

  #locations(locations: readonly Location[], around: Around): TomlTable {
    if (locations.length === 0) {
      return {};
    }
    const entries = locations.flatMap((location) => {
      const key = renderLocationKey(location.match);
      if (!parseLocationKey(key).ok) {
        this.notes.push(`location "${key}" is left out: every path begins with a slash, so it answers no request`);
        return [];
      }
      return [[key, this.#location(location, around)]];
    });
    return { location: Object.fromEntries(entries) as TomlTable };
  }

  #location(location: Location, around: Around): TomlTable {
    const { match, isInternal, redirectsToSlash, rewrite } = location;
    const prefix = 'text' in match && match.kind !== 'named' ? match.text : '';
    const inside = { scope: this.scopeOf(location.scope), content: location.content };
    this.#noteAlias(location, inside.scope.files, around.scope.files);
    return {
      ...tableOf(LOCATION.write({ isInternal, redirectsToSlash }, PLAIN_LOCATION)),
      ...this.#place(inside, around, { rewrite, prefix }),
      ...this.#locations(location.locations, inside),
    };
  }

  /** In portico.toml a folder in place of `/media/` ends with a slash, whether it is written or not. */
  #noteAlias({ match }: Location, files: WrittenScope['files'], around: WrittenScope['files']): void {
    const isPrefix = match.kind === 'prefix' || match.kind === 'final-prefix';
    const last = typeof files.path === 'string' ? files.path : files.path.at(-1);
    const isOwn = files.kind === 'alias' && !isEqual(files.path, around.path);
    if (isOwn && isPrefix && match.text.endsWith('/') && !(typeof last === 'string' && last.endsWith('/'))) {
      const text = renderTemplateText(files.path);
      this.notes.push(
        `the alias "${text}" of location "${match.text}" has no slash at its end, so that ${match.text}a is ${text}a; in portico.toml it is ${text}/a`,
      );
    }
  }

  #place(
    { scope, content }: Around,
    around: Around,
    { rewrite, prefix }: { readonly rewrite: readonly Instruction[]; readonly prefix: string },
  ): TomlTable {
    const written = tableOf(SCOPE.write(scope, around.scope));
    const hasFolder = written['files'] !== undefined && namesFolder(written['files']);
    const rules = rewrite.map((each) => this.#rule(each, { scope, content }));
    const own = { ...NO_CONTENT, ...this.#content(content, around.content, { prefix, hasFolder }), rules };
    return { ...tableOf(CONTENT.write(own, NO_CONTENT)), ...written };
  }

  #content(
    content: Content,
    around: Content,
    { prefix, hasFolder }: { readonly prefix: string; readonly hasFolder: boolean },
  ): Partial<WrittenContent> {
    switch (content.kind) {
      case 'app':
        return this.#appContent(content, around, prefix);
      case 'proxy':
        return proxyOf(content, { around, isLocation: prefix !== '' }, this.#model);
      case 'reply':
        return isEqual(content, around) ? {} : replyOf(content);
      case 'files':
        return hasFolder || around.kind === 'files' ? {} : { answer: 'files' };
      default:
        return around.kind === content.kind ? {} : { answer: content.kind };
    }
  }

  #appContent(content: AppContent, around: Content, prefix: string): Partial<WrittenContent> {
    const { app, scriptName, folders, servesDeclared } = content;
    const outer = around.kind === 'app' ? around : undefined;
    const isSame = outer?.app === app && outer.scriptName === scriptName;
    const mounted = prefix.replace(/\/$/, '');
    return {
      ...(isSame ? {} : { app: this.#appName(app) }),
      ...(isSame || scriptName === mounted ? {} : { scriptName }),
      ...(isEqual(folders, outer?.folders ?? []) ? {} : { folders }),
      ...(servesDeclared === (isSame ? outer.servesDeclared : true) ? {} : { servesDeclared }),
    };
  }

  #rule(instruction: Instruction, around: Around): Rule {
    if (instruction.kind !== 'if') {
      return instruction;
    }
    const { condition, scope, content = around.content } = instruction;
    const within = { scope: this.scopeOf(scope), content };
    const { rules: _, ...place } = this.#place(within, around, { rewrite: [], prefix: '' });
    return { kind: 'if', condition, rules: instruction.inside.map((each) => this.#rule(each, within)), inside: place };
  }
}

function proxyOf(
  content: ProxyContent,
  place: Parameters<typeof writeProxy>[1],
  model: ServerModel,
): Partial<WrittenContent> {
  const proxy = writeProxy(content, place, model);
  return proxy === undefined ? {} : { proxy };
}

function replyOf({ status, body }: ReplyContent): Partial<WrittenContent> {
  return isRedirect(status) ? { redirect: { to: body, status } } : { reply: { text: body, status } };
}

/** What a site says of connections are its rules of all of them: a place has no part in that. */
function ofSite({ scope, content }: Around, around: Around): Around {
  const { connection } = around.scope;
  const rest = omit(scope, 'connection');
  return { scope: connection === undefined ? rest : { ...rest, connection }, content };
}

function namesFolder(files: unknown): boolean {
  return (
    typeof files === 'string' || (typeof files === 'object' && files !== null && ('root' in files || 'alias' in files))
  );
}

function tableOf(written: ReturnType<typeof SCOPE.write>): TomlTable {
  return written !== undefined && isTable(written) ? written : {};
}
