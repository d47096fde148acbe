/**
 * Everything that must be so before the first child is started, in the one order that works: addresses are bound and files opened as
 * whoever started us, then privileges are dropped, then the workers' sockets are made by who will use them.
 */

import { closeSync, fstatSync, realpathSync, statSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ServeOptions, ServeRequest } from '../config/serve-options.ts';
import { KEY_PASSWORD_VARIABLES } from '../config/tls-settings.ts';
import { systemClock } from '../kernel/clock.ts';
import type { Outcome } from '../kernel/outcome.ts';
import { failure, success } from '../kernel/outcome.ts';
import { randomBytes } from '../kernel/random-bytes.ts';
import type { Listener } from '../protocol/control/edge.ts';
import type { Elsewhere } from '../protocol/control/zygote.ts';
import { buildAppEnvironment } from './app-environment.ts';
import { CertificateKeeper } from './certificate-keeper.ts';
import { leaveCompileCache } from './compile-cache.ts';
import type { Installation } from './installation.ts';
import { SUPERVISOR_LIMITS } from './limits.ts';
import { Log } from './log/log.ts';
import { ownEvent } from './log/log-event.ts';
import { openLogFile } from './log/log-file.ts';
import { newOutlet, rendererOf } from './log/log-outlet.ts';
import { LogSink } from './log/log-sink.ts';
import { whyUnreadable } from './own-files.ts';
import { isFolder } from './paths.ts';
import { PidFile } from './pid-file.ts';
import type { Identity } from './privileges.ts';
import { asUser, dropPrivileges, mayAct, resolveIdentity } from './privileges.ts';
import type { Interpreter } from './python/interpreter.ts';
import { findInterpreter } from './python/interpreter.ts';
import type { ServiceManager, Surroundings } from './service-manager.ts';
import type { OpenSockets } from './sockets/given-sockets.ts';
import { openSockets } from './sockets/given-sockets.ts';
import type { BoundSocket } from './sockets/sockets.ts';
import type { WorkerWires } from './worker-wires.ts';
import { openWorkerWires } from './worker-wires.ts';

/** What a server needs besides its model. */
export interface Site {
  readonly app: string;
  readonly model: ServeOptions;
  /** Absolute paths, or '' (or '-' for the access log). */
  readonly chdir: string;
  readonly envFile: string;
  readonly accessLog: string;
  /** The descriptor of an access log that is a pipe or a terminal. */
  readonly accessLogFd: number | undefined;
  readonly pidFile: PidFile | undefined;
  readonly edgeProgram: string;
  readonly zygoteProgram: string;
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly identity: Identity | undefined;
  readonly sockets: readonly BoundSocket[];
  readonly listeners: readonly Listener[];
  readonly manager: ServiceManager;
  readonly installation: Installation;
  readonly certificates: CertificateKeeper;
  readonly wires: WorkerWires;
  readonly secret: string;
  readonly slotsMax: number;
  readonly sink: LogSink;
  /** What entries of workers begin with in their log pipes. No client can know it. */
  readonly logMark: string;
}

export interface StartFault {
  /** One or two sentences each, with the way out. */
  readonly messages: readonly string[];
  readonly code: number;
}

/** Settings that cannot be as they are; other faults of the start have code 1. */
const SETTINGS_FAULT = 2;
const NO_FOLDER =
  'the current folder is not there any more. Go to the site again (cd), also if it is one of the same name';
const SECRET_BYTES = 32;
const LOG_MARK_BYTES = 8;
/** Bytes that the board has for each lane (docs/lanes.md). */
const BOARD_RECORD_BYTES = 8;

export async function prepareSite(
  { app, options: model }: ServeRequest,
  { env, manager, installation, tell }: Surroundings,
): Promise<Outcome<Site, StartFault>> {
  // Neither the application nor any other child gets the password. (The system goes on showing it in /proc/PID/environ of this process.)
  for (const name of KEY_PASSWORD_VARIABLES) {
    delete env[name];
  }
  const cwd = logicalFolder(env);
  if (cwd === undefined) {
    return failure({ messages: [NO_FOLDER], code: SETTINGS_FAULT });
  }
  const place = {
    app,
    cwd,
    env,
    installation,
    chdir: resolve(cwd, model.chdir),
    envFile: absolute(cwd, model.envFile),
  };
  const identity = resolveIdentity(model.user, model.group);
  const check = () => checkApplication(model, place, identity.ok ? identity.value : undefined);
  // The application's files are the user's affair: root has no business in them, nor in what they may be links to.
  const found = identity.ok && mayAct(identity.value) ? asUser(identity.value, check) : check();
  const edgeProgram = absolute(cwd, model.edgeProgram) || ours(`../edge/main${extname(import.meta.filename)}`);
  const zygoteProgram = absolute(cwd, model.zygoteProgram) || ours('../../python/portico_worker/__main__.py');
  const hidden =
    identity.ok && mayAct(identity.value)
      ? whyUnreadable(identity.value, [process.execPath, edgeProgram, zygoteProgram])
      : undefined;
  const faults = [
    ...(identity.ok ? [] : [identity.fault]),
    ...(hidden === undefined ? [] : [`--user: ${model.user} ${hidden}`]),
    ...found,
  ];
  if (!identity.ok || faults.length > 0) {
    return failure({ messages: faults, code: SETTINGS_FAULT });
  }
  const certificates = await CertificateKeeper.open(model, cwd, systemClock, identity.value);
  if (!certificates.ok) {
    return failure({ messages: [certificates.fault], code: SETTINGS_FAULT });
  }
  const opened = model.checkOnly
    ? success(NO_SOCKETS)
    : await openSockets({ ...model, onWait: tell }, manager, identity.value);
  if (!opened.ok) {
    return failure({ messages: opened.fault, code: 1 });
  }
  const { sockets } = opened.value;
  const accessLog = model.accessLog === '-' ? '-' : absolute(cwd, model.accessLog);
  const pidFile = absolute(cwd, model.pidFile);
  const slotsMax = Math.max(SUPERVISOR_LIMITS.slotsLeast, 4 * model.workers * model.threads);
  const files = openFiles(model, { cwd, accessLog, pidFile, identity: identity.value });
  const { edgeThreads } = model;
  const wires = files.ok
    ? await openWorkerWires(env, { edgeThreads, boardBytes: slotsMax * edgeThreads * BOARD_RECORD_BYTES })
    : failure('');
  if (!files.ok || !wires.ok) {
    for (const socket of sockets) {
      socket.close();
    }
    return failure({ messages: [files.ok ? (wires.ok ? '' : wires.fault) : files.fault], code: 1 });
  }
  return success({
    ...place,
    model,
    accessLog,
    accessLogFd: files.value.accessLogFd,
    pidFile: files.value.pidFile,
    edgeProgram,
    zygoteProgram,
    identity: identity.value,
    sockets,
    listeners: listenersOf(model, opened.value),
    manager,
    certificates: certificates.value,
    wires: wires.value,
    secret: randomBytes(SECRET_BYTES).toString('hex'),
    slotsMax,
    sink: files.value.sink,
    logMark: randomBytes(LOG_MARK_BYTES).toString('hex'),
  });
}

const NO_SOCKETS: OpenSockets = { sockets: [], secureCount: 0 };

function listenersOf({ certFile }: ServeOptions, { sockets, secureCount }: OpenSockets): Listener[] {
  return sockets.map(({ listener }, index) => ({ ...listener, isTls: certFile !== '' && index < secureCount }));
}

type Place = Pick<Site, 'app' | 'cwd' | 'env' | 'installation' | 'chdir' | 'envFile'> & {
  readonly servedFrom?: string;
};

export interface Runtime {
  readonly interpreter: Interpreter;
  readonly env: NodeJS.ProcessEnv;
  /** One sentence each. */
  readonly warnings: readonly string[];
}

/** The place with the folder in which a zygote has found the application. */
export function placeOf(site: Site, moved: Elsewhere | undefined): Place {
  return moved === undefined ? site : { ...site, app: moved.app, chdir: moved.folder, servedFrom: site.chdir };
}

/** Looked at again for each generation: a deployment may have moved them. */
export function findRuntime(
  model: ServeOptions,
  { app, cwd, env, installation, chdir, servedFrom, envFile }: Place,
  identity: Identity | undefined,
): Outcome<Runtime> {
  const home = identity === undefined || identity.userName === '' ? {} : { HOME: identity.home };
  const interpreter = findInterpreter({
    named: model.python,
    installation,
    app,
    chdir,
    ...(servedFrom === undefined ? {} : { servedFrom }),
    cwd,
    env: { ...env, ...home },
  });
  if (!interpreter.ok) {
    return interpreter;
  }
  const built = buildAppEnvironment({
    own: env,
    file: envFile,
    given: model.env,
    interpreter: interpreter.value,
    identity,
  });
  if (!built.ok) {
    return built;
  }
  const { env: appEnv, warnings } = built.value;
  return success({
    interpreter: interpreter.value,
    env: appEnv,
    warnings: [...interpreter.value.warnings, ...warnings],
  });
}

function checkApplication(model: ServeOptions, place: Place, identity: Identity | undefined): string[] {
  try {
    // With the dot it is not only seen but entered.
    if (!statSync(`${place.chdir}/.`).isDirectory()) {
      return [`--chdir: ${place.chdir} is not a folder`];
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const isHidden = code === 'EACCES';
    return [
      `--chdir: ${place.chdir} ${isHidden ? 'cannot be entered by the user that the server runs as' : 'is not a folder'}`,
    ];
  }
  const runtime = findRuntime(model, place, identity);
  return [...(runtime.ok ? [] : [runtime.fault]), ...checkWatched(model, place.cwd)];
}

function checkWatched({ reloadFolders }: ServeOptions, cwd: string): string[] {
  return reloadFolders
    .map((folder) => resolve(cwd, folder))
    .filter((folder) => !isFolder(folder))
    .map((folder) => `--reload-dir: ${folder} is not a folder`);
}

interface FilePlan {
  readonly cwd: string;
  readonly accessLog: string;
  readonly pidFile: string;
  readonly identity: Identity | undefined;
}

/** The edge opens the access log itself, as the user. A pipe or a terminal may be open to root alone, so the edge gets its descriptor from here. */
function openAccessLog(path: string, identity: Identity | undefined): number | undefined {
  const fd = openLogFile(path, identity);
  if (!fstatSync(fd).isFile()) {
    return fd;
  }
  closeSync(fd);
  return undefined;
}

interface OpenFiles {
  readonly sink: LogSink;
  readonly accessLogFd: number | undefined;
  readonly pidFile: PidFile | undefined;
}

/** Opens the files: the last that is done with the rights of whoever has started us. */
function openFiles(model: ServeOptions, { cwd, accessLog, pidFile, identity }: FilePlan): Outcome<OpenFiles> {
  const logFile = absolute(cwd, model.logFile);
  try {
    if (model.umask !== undefined) {
      process.umask(model.umask);
    }
    const sink = openFor('--log-file', () => new LogSink(logFile, identity, (count) => renderLost(model, count)));
    const accessLogFd =
      accessLog === '' || accessLog === '-'
        ? undefined
        : openFor('--access-log', () => openAccessLog(accessLog, identity));
    const written = pidFile === '' ? undefined : openFor('--pid-file', () => PidFile.write(pidFile, identity));
    if (identity !== undefined) {
      leaveCompileCache(identity, systemClock.nowMs());
      dropPrivileges(identity);
    }
    return success({ sink, accessLogFd, pidFile: written });
  } catch (error) {
    return failure((error as Error).message);
  }
}

/** What stands in the way is told with the flag that names the file. */
function openFor<T>(flag: string, open: () => T): T {
  try {
    return open();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // An error without a code of the system is one of our own sentences, which says what to do.
    const remedy = code === undefined ? '' : '. Choose a path that can be written, or start as a user who may';
    throw new Error(`${flag}: ${message}${remedy}`, { cause: error });
  }
}

const SELF_NAME = 'portico';

export function newLog({ sink, model, logMark }: Site): Log {
  const self = { pid: process.pid, name: SELF_NAME };
  const outlet = newOutlet(sink, { format: model.logFormat, least: model.logLevel });
  return new Log([outlet], systemClock, { mark: logMark, self, takesObjects: model.logFormat === 'json' });
}

function renderLost({ logFormat }: ServeOptions, count: number): string {
  const event = ownEvent(
    'warning',
    `${count} lines of the log could not be written: its reader was too slow, or its disk full`,
  );
  return rendererOf(logFormat)(systemClock.nowMs(), { pid: process.pid, name: SELF_NAME }, event);
}

/**
 * The current folder by the name it was entered by: of a deployment's `current` link the link is kept, so that a reload finds the new
 * release behind it.
 */
function logicalFolder(env: NodeJS.ProcessEnv): string | undefined {
  const actual = currentFolder();
  const named = env['PWD'] ?? '';
  try {
    return named.startsWith('/') && realpathSync(named) === actual ? named : actual;
  } catch {
    return actual;
  }
}

/** A shell stays in a folder that a deployment has removed, or replaced by another of the same name. */
function currentFolder(): string | undefined {
  try {
    return process.cwd();
  } catch {
    return undefined;
  }
}

function absolute(cwd: string, path: string): string {
  return path === '' ? '' : resolve(cwd, path);
}

function ours(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}
