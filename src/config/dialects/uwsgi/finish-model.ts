/** What the options of uWSGI say that settings cannot, put into the model: applications below URLs, files, addresses that lead to https, and where lines of requests go. */

import { statSync } from 'node:fs';
import type { App } from '../../model/app.ts';
import type { AppContent } from '../../model/content.ts';
import type { StaticFolder, UrlFolder } from '../../model/folders.ts';
import type { AccessLogRule } from '../../model/logs.ts';
import type { Scope } from '../../model/scope.ts';
import type { Listener, Location, ServerModel, Site, Touched, Triggers } from '../../model/server-model.ts';
import type { DefinedVariable } from '../../model/variables.ts';
import type { FinishModel } from '../../serve-options.ts';
import type { UwsgiWords } from './uwsgi-words.ts';

/** Index of the one site, scope and log that there are before. */
const FIRST = 0;
const LOGGED = 'uwsgi_logged';

export interface MountedApp {
  /** '' is the root, whose application is the model's first. */
  readonly url: string;
  readonly target: string;
}

export function finishModel(words: UwsgiWords, mounted: readonly MountedApp[]): FinishModel {
  return (model, at) => {
    const [site] = model.sites;
    const [app] = model.apps;
    const [scope] = model.scopes;
    if (site === undefined || app === undefined || scope === undefined) {
      return model;
    }
    const apps = appsOf(app, mounted, at);
    const files = filesOf(words, at, scope);
    const folders = [...files.folders];
    const content: AppContent = {
      kind: 'app',
      app: app.id,
      scriptName: '',
      folders,
      servesDeclared: servesDeclared(site),
    };
    const isRootMounted = mounted.some(({ url }) => url === '');
    const locations = mounted
      .filter(({ url }) => url !== '')
      .flatMap(({ url, target }) => {
        const id = apps.find((other) => other.target === target)?.id ?? app.id;
        return mountLocations(url, { ...content, app: id, scriptName: url });
      });
    const whole: Site = {
      ...site,
      rewrite: words.routes ?? [],
      content:
        words.hasNoDefault === true && !isRootMounted && mounted.length > 0
          ? { kind: 'reply', status: 404, body: '' }
          : content,
      locations: [...locations, ...files.locations],
    };
    const redirecting: Site = {
      ...site,
      content: { kind: 'reply', status: 301, body: ['https://', { variable: 'host' }, { variable: 'request_uri' }] },
      locations: [],
    };
    const isRedirecting = (words.redirectAddresses ?? []).length > 0;
    const logged = loggingOf(words, model);
    return {
      ...model,
      ...logged,
      apps,
      scopes: [
        { ...scope, accessLogs: logged.accessLogs },
        ...files.scopes.map((own) => ({ ...own, accessLogs: logged.accessLogs })),
      ],
      sites: isRedirecting ? [whole, redirecting] : [whole],
      listeners: [...model.listeners, ...redirectsOf(words, model.listeners)].map((listener) =>
        withRights(listener, words),
      ),
      process: {
        ...model.process,
        ...(words.title === undefined ? {} : { title: words.title }),
        triggers: triggersOf(words, at),
      },
    };
  };
}

function servesDeclared({ content }: Site): boolean {
  return content.kind === 'app' && content.servesDeclared;
}

/** One for each target, however many URLs it has. */
function appsOf(app: App, mounted: readonly MountedApp[], at: (path: string) => string): App[] {
  const { python } = app;
  const first = { ...app, python: python.includes('/') ? at(python) : python };
  // What --module names is at the root, whatever is mounted there besides.
  const below = mounted.filter(({ url }) => url !== '');
  const others = [...new Set(below.map(({ target }) => target))].filter((target) => target !== app.target);
  return [
    first,
    ...others.map((target, index) => ({ ...first, ...withoutBeside(first), target, id: `mount-${index + 1}` })),
  ];
}

/** Mules, crons and their like are there once, beside the first application. Tasks may be given to its spoolers by all. */
function withoutBeside({ uwsgi }: App): Pick<App, 'uwsgi'> {
  if (uwsgi === undefined) {
    return {};
  }
  const folders = uwsgi.spooler.folders.map((folder) => ({ ...folder, isExternal: true }));
  const none = { mules: [], farms: [], crons: [], timers: [], fileSignals: [], daemons: [], hooks: [] };
  return { uwsgi: { ...uwsgi, ...none, spooler: { ...uwsgi.spooler, folders } } };
}

/** The URL itself and what is below it, not what begins with the same letters. */
function mountLocations(url: string, content: AppContent): Location[] {
  const place = { isInternal: false, redirectsToSlash: false, rewrite: [], scope: FIRST, locations: [] };
  return [
    { ...place, match: { kind: 'exact', text: url }, content },
    { ...place, match: { kind: 'prefix', text: `${url}/` }, content },
  ];
}

interface Files {
  readonly folders: readonly StaticFolder[];
  readonly locations: readonly Location[];
  /** Of the locations, behind the first scope. */
  readonly scopes: readonly Scope[];
}

function filesOf(words: UwsgiWords, at: (path: string) => string, scope: Scope): Files {
  const { staticMaps = [], staticMaps2 = [], checkedFolders = [] } = words;
  const maps = [...staticMaps, ...staticMaps2].map(({ url, root }) => ({ url, root: at(root) }));
  const single = maps.filter(({ root }) => isFile(root));
  const folders = [
    ...maps.filter((map) => !single.includes(map)),
    ...checkedFolders.map((root) => ({ url: '/', root: at(root) })),
  ].map((map) => folderOf(map, words));
  return {
    folders,
    locations: single.map(({ url }, index) => ({
      match: { kind: 'exact', text: url },
      isInternal: false,
      redirectsToSlash: false,
      rewrite: [],
      scope: index + 1,
      content: { kind: 'files' },
      locations: [],
    })),
    scopes: single.map(({ root }) => ({
      ...scope, // The file may be a link to wherever it is.
      files: { ...scope.files, kind: 'alias', path: root, symlinks: { kind: 'anywhere' } },
    })),
  };
}

/** What is not there is asked of the application, as in uWSGI. */
function folderOf({ url, root }: UrlFolder, words: UwsgiWords): StaticFolder {
  const { staticIndexes: [index] = [], skippedEndings = [], expires = [] } = words;
  const kept = expires.findLast((one) => one !== 'hashed' && url.startsWith(one.url));
  return {
    url: url.endsWith('/') ? url : `${url}/`,
    root,
    hashed: expires.includes('hashed'),
    missing: 'next',
    links: 'inside',
    asked: skippedEndings.map((suffix) => ({ prefix: '', suffix, spans: 'path' })),
    ...(index === undefined ? {} : { index }),
    ...(kept === undefined || kept === 'hashed' ? {} : { cacheControl: `max-age=${kept.seconds}` }),
  };
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function redirectsOf({ redirectAddresses = [] }: UwsgiWords, [like]: readonly Listener[]): Listener[] {
  return redirectAddresses.map((address) => ({
    address,
    tls: false,
    backlog: like?.backlog ?? 0,
    isIpv6Only: false,
    names: [],
    fallback: FIRST + 1,
  }));
}

function withRights(listener: Listener, { socketMode, socketOwner }: UwsgiWords): Listener {
  const unix = {
    ...(socketMode === undefined ? {} : { mode: socketMode }),
    ...(socketOwner === undefined ? {} : { owner: socketOwner }),
  };
  return listener.address?.kind === 'unix' && Object.keys(unix).length > 0 ? { ...listener, unix } : listener;
}

interface Logging {
  readonly logs: ServerModel['logs'];
  readonly variables: readonly DefinedVariable[];
  readonly accessLogs: readonly AccessLogRule[];
}

function loggingOf(words: UwsgiWords, { logs, variables, scopes }: ServerModel): Logging {
  const { requestLog, isUnlogged = false, logs4xx = false, logs5xx = false } = words;
  const rules = scopes[FIRST]?.accessLogs ?? [];
  const targets =
    requestLog?.kind === 'syslog'
      ? logs.map((log) => ({ ...log, sink: { ...requestLog, severity: 'info', hasHost: true } as const }))
      : logs;
  if (!isUnlogged || !(logs4xx || logs5xx)) {
    return { logs: targets, variables, accessLogs: rules };
  }
  const first = `${logs4xx ? '4' : ''}${logs5xx ? '5' : ''}`;
  const isLogged: DefinedVariable = {
    kind: 'map',
    variable: LOGGED,
    source: [{ variable: 'status' }],
    hasHostnames: false,
    isVolatile: true,
    exact: [],
    patterns: [[{ text: `^[${first}]`, isCaseless: false }, '1']],
    fallback: '0',
  };
  return {
    logs: targets,
    variables: [...variables, isLogged],
    accessLogs: rules.map((rule) => ({ ...rule, when: [{ variable: LOGGED }] })),
  };
}

/** By what the server is told what to do, beside signals. */
function triggersOf(words: UwsgiWords, at: (path: string) => string): Triggers {
  const { endsOnReload = false, fifos = [] } = words;
  const touched = (paths: readonly string[] | undefined, how: Omit<Touched, 'path'>): Touched[] =>
    (paths ?? []).map((path) => ({ path: at(path), ...how }));
  return {
    termStops: words.termStops ?? words.diesOnTerm ?? false,
    endsOnReload,
    fifos: fifos.map(at),
    touched: [
      ...touched(words.touchReload, { does: 'reload' }),
      ...touched(words.touchChain, { does: 'reload-chain' }),
      ...touched(words.touchLogs, { does: 'reopen-logs' }),
      ...touched(words.fsReload, { does: 'reload', isDeep: true }),
    ],
  };
}
