/**
 * `python_app`: an application in a location. nginx has no such directive; it reads like nginx's own, and the settings in its block are those of
 * `portico serve`, with underscores. It stands in a location as `proxy_pass` and `uwsgi_pass` do, and like them is not inherited by the locations inside. A server
 * has none, because its locations would not get it either: what answers is said where it answers.
 */

import type { Outcome } from '../../../../kernel/outcome.ts';
import { failure, success } from '../../../../kernel/outcome.ts';
import type { App } from '../../../model/app.ts';
import type { ServeOptions } from '../../../serve-options.ts';
import { SETTINGS } from '../../../settings.ts';
import type { Draft, DraftKey } from '../draft.ts';
import { draftKey } from '../draft.ts';
import type { GivenArguments } from '../given-arguments.ts';
import type { NginxReport } from '../report.ts';
import type { Row } from '../row.ts';
import { repeatable, row } from '../row.ts';
import { fullName } from '../surroundings.ts';
import { ANSWERS } from './contexts.ts';

type Properties = Omit<App, 'id' | 'target'>;
/** What a block says about one property: the application as it was, with that. `prefix` is what paths are relative to. */
type Change = (app: Properties, prefix: string) => Properties;

export interface SaidApp {
  readonly target: string;
  readonly changes: readonly Change[];
  /** Undefined: the prefix of the location. */
  readonly mount: string | undefined;
  readonly servesDeclared: boolean;
  readonly draft: Draft;
}

/** Said in a location: the block of `python_app`, or the location itself where there is no block. */
const NAMED: DraftKey<{ readonly target: string; readonly inside: Draft }> = draftKey('python_app');
const CHANGES: DraftKey<readonly Change[]> = draftKey('python_app settings');
const MOUNT: DraftKey<string> = draftKey('mount');
const SERVES_DECLARED: DraftKey<boolean> = draftKey('static');
const HAS_PYTHON: DraftKey<boolean> = draftKey('python');

/** What setTimeout can hold. */
const DURATION_MS_MAX = 2 ** 31 - 1;

/** A setting of `portico serve`, whose name and sentence it has. */
function setting(key: keyof ServeOptions, signature: string, change: (args: GivenArguments) => Change): Row {
  const { flag, doc } = SETTINGS[key];
  return inBlock(flag.replaceAll('-', '_'), signature, doc, change);
}

function inBlock(name: string, signature: string, doc: string, change: (args: GivenArguments) => Change): Row {
  return row(name, 'python_app', signature, doc, {
    apply: (args, draft, report) => {
      if (signature === 'msec' && args.number(0) > DURATION_MS_MAX) {
        report('nginx.invalid-value', args.place(0), `"${name}" directive invalid value`, {
          hint: 'It is longer than 24 days, which is the most.',
        });
      } else {
        draft.append(CHANGES, change(args));
      }
    },
  });
}

const timeouts =
  (timeout: keyof App['timeouts']) =>
  (args: GivenArguments): Change => {
    const ms = args.number(0);
    return (app) => ({ ...app, timeouts: { ...app.timeouts, [timeout]: ms } });
  };

const recycling =
  (property: keyof App['recycling']) =>
  (args: GivenArguments): Change => {
    const value = args.number(0);
    return (app) => ({ ...app, recycling: { ...app.recycling, [property]: value } });
  };

const queue =
  (property: keyof App['queue']) =>
  (args: GivenArguments): Change => {
    const value = args.number(0);
    return (app) => ({ ...app, queue: { ...app.queue, [property]: value } });
  };

const webSockets =
  (property: keyof App['webSockets'], isFlag = false) =>
  (args: GivenArguments): Change => {
    const value = isFlag ? args.flag(0) : args.number(0);
    return (app) => ({ ...app, webSockets: { ...app.webSockets, [property]: value } });
  };

const plain =
  (property: keyof Properties, value: (args: GivenArguments) => string | number) =>
  (args: GivenArguments): Change => {
    const said = value(args);
    return (app) => ({ ...app, [property]: said });
  };

const path =
  (property: 'chdir' | 'envFile') =>
  (args: GivenArguments): Change => {
    const name = args.text(0);
    return (app, prefix) => ({ ...app, [property]: fullName(name, prefix) });
  };

const PRELOADS: Readonly<Record<string, App['preload']>> = { auto: 'auto', on: 'always', off: 'never' };
const number = (args: GivenArguments): number => args.number(0);
const word = (args: GivenArguments): string => args.word(0);
const COUNT = 'number(0-1000000000)';

const SETTING_ROWS: readonly Row[] = [
  setting('interface', 'auto|wsgi|asgi', plain('interface', word)),
  setting('workers', 'number(1-512)', plain('workers', number)),
  setting('workersMin', 'number(0-512)', plain('workersMin', number)),
  setting('idleMs', 'msec', plain('idleMs', number)),
  setting('threads', 'number(1-256)', plain('threads', number)),
  setting('workerClass', 'sync|gevent', plain('workerClass', word)),
  setting('workerConnections', COUNT, plain('workerConnections', number)),
  setting('lifespan', 'auto|on|off', plain('lifespan', word)),
  setting('loop', 'auto|asyncio|uvloop', plain('loop', word)),
  setting(
    'preload',
    'auto|on|off',
    plain('preload', (args) => PRELOADS[args.word(0)] ?? 'auto'),
  ),
  setting('chdir', 'path', path('chdir')),
  row('python', 'python_app', 'path', SETTINGS.python.doc, { apply: readPython }),
  row('venv', 'python_app', 'path', 'The virtual environment whose Python runs the application.', {
    apply: readPython,
  }),
  ...repeatable([
    row('env', 'python_app', 'plain plain', 'An environment variable of the application.', { apply: readVariable }),
  ]),
  setting('envFile', 'path', path('envFile')),
  row('root_path', 'python_app', 'plain', SETTINGS.rootPath.doc, { apply: readRootPath }),
  row(
    'mount',
    'python_app',
    'plain',
    "The path at which the application is mounted (`SCRIPT_NAME`, `root_path`), or `off`; without it the location's prefix.",
    { apply: readMount },
  ),
  setting('timeoutMs', 'msec', timeouts('requestMs')),
  setting('gracefulTimeoutMs', 'msec', timeouts('gracefulMs')),
  setting('startTimeoutMs', 'msec', timeouts('startMs')),
  setting('drainTimeoutMs', 'msec', timeouts('drainMs')),
  setting('maxRequests', COUNT, recycling('requestsMax')),
  setting('maxRequestsJitter', COUNT, recycling('requestsJitter')),
  setting('maxAgeMs', 'msec', recycling('ageMsMax')),
  setting('memoryBytesMax', 'offset', recycling('memoryBytesMax')),
  setting('queueDepthMax', 'number(0-1000000)', queue('depthMax')),
  setting('queueTimeoutMs', 'msec', queue('timeoutMs')),
  setting('webSockets', 'flag', webSockets('isOn', true)),
  setting('wsMessageBytesMax', 'offset', webSockets('messageBytesMax')),
  setting('wsMessagesPerSecondMax', COUNT, webSockets('messagesPerSecondMax')),
  setting('wsPingIntervalMs', 'msec', webSockets('pingIntervalMs')),
  setting('wsPingTimeoutMs', 'msec', webSockets('pingTimeoutMs')),
  setting('wsCompression', 'flag', webSockets('deflates', true)),
  row('static', 'python_app', 'flag', 'Whether the static folders are served that the application names.', {
    apply: (args, draft) => draft.set(SERVES_DECLARED, args.flag(0)),
  }),
  ...repeatable([
    row('x_accel', 'python_app', 'plain path', SETTINGS.accelFolders.doc, { apply: readAccelFolder }),
    row('x_sendfile', 'python_app', 'path', SETTINGS.sendfileFolders.doc, {
      apply: (args, draft) => addFolder(draft, '', args.text(0)),
    }),
  ]),
];

export const PYTHON_APP: readonly Row[] = [
  row(
    'python_app',
    ANSWERS,
    'plain [{python_app}]',
    'A Python application answers: `module:callable`, a module, or the path of a file. Locations that name one with equal settings share its workers.',
    { apply: nameApp },
  ),
  ...SETTING_ROWS,
];

function nameApp(args: GivenArguments, draft: Draft, report: NginxReport): void {
  const target = args.text(0);
  // A line break in the name of an application would make two lines of the log of one.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  if (target === '' || /[\x00-\x20\x7f]/.test(target)) {
    report('nginx.invalid-value', args.place(0), `invalid application "${JSON.stringify(target).slice(1, -1)}"`, {
      hint: 'Write module:callable, a module, or the path of a file.',
    });
    return;
  }
  const around = draft.kind === 'python_app' ? draft.parent : draft;
  around?.set(NAMED, { target, inside: draft });
}

/** A name without a slash is a command. */
function readPython(args: GivenArguments, draft: Draft, report: NginxReport): void {
  const name = args.text(0);
  if (draft.own(HAS_PYTHON) === true) {
    report('nginx.conflict', args.directive.place, '"python" and "venv" both say which Python it is', {
      hint: 'Remove one of the two.',
    });
  }
  draft.set(HAS_PYTHON, true);
  const isCommand = args.directive.text === 'python' && !name.includes('/');
  draft.append(CHANGES, (app, prefix) => ({ ...app, python: isCommand ? name : fullName(name, prefix) }));
}

function readVariable(args: GivenArguments, draft: Draft, report: NginxReport): void {
  const [name, value] = [args.text(0), args.text(1)];
  if (name.includes('=') || name === '') {
    report('nginx.invalid-value', args.place(0), `invalid name of a variable "${name}"`, {
      hint: 'Here it is written with a space: env NAME value;',
    });
    return;
  }
  draft.append(CHANGES, (app) => ({ ...app, env: { ...app.env, [name]: value } }));
}

function readRootPath(args: GivenArguments, draft: Draft, report: NginxReport): void {
  const rootPath = pathOf(args.text(0));
  if (rootPath.ok) {
    draft.append(CHANGES, (app) => ({ ...app, rootPath: rootPath.value }));
  } else {
    report('nginx.invalid-value', args.place(0), rootPath.fault);
  }
}

function readMount(args: GivenArguments, draft: Draft, report: NginxReport): void {
  const mount = args.text(0) === 'off' ? success('') : pathOf(args.text(0));
  if (mount.ok) {
    draft.set(MOUNT, mount.value);
  } else {
    report('nginx.invalid-value', args.place(0), mount.fault, { hint: 'Write off, or a path: mount /shop;' });
  }
}

/** Without its final slash. Paths of requests are decoded and normalised, so none begins with another one. */
function pathOf(text: string): Outcome<string> {
  return /^\//.test(text) && !/\/\/|\/\.{1,2}(\/|$)|[?#]/.test(text)
    ? success(text.replace(/\/$/, ''))
    : failure(`invalid path "${text}"`);
}

function readAccelFolder(args: GivenArguments, draft: Draft, report: NginxReport): void {
  const url = pathOf(args.text(0));
  if (url.ok) {
    addFolder(draft, `${url.value}/`, args.text(1));
  } else {
    report('nginx.invalid-value', args.place(0), url.fault, { hint: 'Write: x_accel /protected/ /srv/files;' });
  }
}

function addFolder(draft: Draft, url: string, name: string): void {
  const folder = (prefix: string) => ({ url, root: fullName(name, prefix) });
  draft.append(CHANGES, (app, prefix) => ({ ...app, namedFolders: [...app.namedFolders, folder(prefix)] }));
}

/** Undefined: no application is said in this very block. */
export function saidAppOf(draft: Draft): SaidApp | undefined {
  const named = draft.own(NAMED);
  if (named === undefined) {
    return undefined;
  }
  const { target, inside } = named;
  return {
    target,
    changes: inside.own(CHANGES) ?? [],
    mount: inside.own(MOUNT),
    servesDeclared: inside.own(SERVES_DECLARED) ?? true,
    draft: inside,
  };
}
