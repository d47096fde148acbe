/**
 * Everything that must be so before the first child is started, in the one order that works: addresses are bound and files opened as
 * whoever started us, then privileges are dropped, then the workers' sockets are made by who will use them.
 */

import { closeSync, fstatSync, statSync } from 'node:fs';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { App, AppId } from '../config/model/app.ts';
import type { LogTarget } from '../config/model/logs.ts';
import type { Manner, ServerModel } from '../config/model/server-model.ts';
import { KEY_PASSWORD_VARIABLES } from '../config/tls-settings.ts';
import { systemClock } from '../kernel/clock.ts';
import type { Outcome } from '../kernel/outcome.ts';
import { failure, success } from '../kernel/outcome.ts';
import { randomBytes } from '../kernel/random-bytes.ts';
import { systemWords } from '../kernel/system-words.ts';
import type { BoundListener } from '../protocol/control/edge.ts';
import { CertificateKeeper, tlsFilesOf } from './certificate-keeper.ts';
import { leaveCompileCache } from './compile-cache.ts';
import { newSlots } from './fleet-settings.ts';
import type { Installation } from './installation.ts';
import { Log } from './log/log.ts';
import { closeLogFile, openLogFile } from './log/log-file.ts';
import { ServerLogs } from './log/server-logs.ts';
import { whyUnreadable } from './own-files.ts';
import { isFolder } from './paths.ts';
import { PidFile } from './pid-file.ts';
import type { Identity } from './privileges.ts';
import { asUser, dropPrivileges, mayAct, resolveIdentity } from './privileges.ts';
import type { Around } from './runtime.ts';
import { findRuntime, placeOf } from './runtime.ts';
import type { ServiceManager, Surroundings } from './service-manager.ts';
import type { SlotRanges } from './slot-ranges.ts';
import type { OpenSocket } from './sockets/given-sockets.ts';
import { openSockets } from './sockets/given-sockets.ts';
import type { WorkerWires } from './worker-wires.ts';
import { openWorkerWires } from './worker-wires.ts';

/** A server that is ready to be started: its model, and what was opened and found for it. A reload of the configuration changes it (model-reload.ts). */
export interface PreparedServer {
  readonly model: ServerModel;
  /** By index in `model.logs`: the descriptor of a log that is a pipe or a terminal; null for what the edge opens itself. */
  readonly logs: readonly (number | null)[];
  readonly pidFile: PidFile | undefined;
  readonly edgeProgram: string;
  readonly zygoteProgram: string;
  /** Where the server was started, by the name that the folder was entered by. */
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly identity: Identity | undefined;
  readonly sockets: readonly OpenSocket[];
  readonly listeners: readonly BoundListener[];
  readonly manager: ServiceManager;
  readonly installation: Installation;
  readonly certificates: CertificateKeeper;
  readonly wires: WorkerWires;
  /** By application: what its workers show to the edge. */
  readonly secrets: Readonly<Record<AppId, string>>;
  readonly slots: SlotRanges;
  readonly serverLogs: ServerLogs;
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
const SECRET_BYTES = 32;
const LOG_MARK_BYTES = 8;
/** Bytes that the board has for each lane (docs/lanes.md). */
const BOARD_RECORD_BYTES = 8;

/** `cwd`: the folder that the paths of the model were made absolute by. */
export async function prepareServer(
  model: ServerModel,
  cwd: string,
  { env, manager, installation, tell }: Surroundings,
): Promise<Outcome<PreparedServer, StartFault>> {
  // Neither the application nor any other child gets the password. (The system goes on showing it in /proc/PID/environ of this process.)
  for (const name of KEY_PASSWORD_VARIABLES) {
    delete env[name];
  }
  const { edge, process: settings } = model;
  const resolved = resolveIdentity(settings.user, settings.group);
  const identity = resolved.ok ? resolved.value : undefined;
  const found = actAs(identity, () => [
    ...checkApplications(model, { cwd, env, installation }, identity),
    ...checkWatched(model),
  ]);
  const edgeProgram = settings.edgeProgram || ours(`../edge/main${extname(import.meta.filename)}`);
  const zygoteProgram = settings.zygoteProgram || ours('../../python/portico_worker/__main__.py');
  const hidden = mayAct(identity) ? whyUnreadable(identity, [process.execPath, edgeProgram, zygoteProgram]) : undefined;
  const faults = [
    ...(resolved.ok ? [] : [resolved.fault]),
    ...(hidden === undefined ? [] : [`--user: ${settings.user} ${hidden}`]),
    ...found,
  ];
  if (faults.length > 0) {
    return failure({ messages: faults, code: SETTINGS_FAULT });
  }
  const certificates = await CertificateKeeper.open(tlsFilesOf(model), systemClock, identity);
  if (!certificates.ok) {
    return failure({ messages: [certificates.fault], code: SETTINGS_FAULT });
  }
  const { umask } = settings;
  const { listeners } = model;
  const opened = await openSockets({
    listeners,
    manager,
    identity,
    edgeThreads: edge.threads,
    umask,
    manner: settings.manner,
    onWait: tell,
  });
  if (!opened.ok) {
    return failure({ messages: opened.fault, code: 1 });
  }
  const sockets = opened.value;
  const slots = newSlots(model);
  const files = openFiles(model, identity);
  const wires = files.ok
    ? await openWorkerWires(env, {
        edgeThreads: edge.threads,
        boardBytes: slots.total * edge.threads * BOARD_RECORD_BYTES,
      })
    : failure('');
  if (!files.ok || !wires.ok) {
    for (const socket of sockets) {
      socket.close();
    }
    return failure({ messages: [files.ok ? (wires.ok ? '' : wires.fault) : files.fault], code: 1 });
  }
  return success({
    model,
    cwd,
    env,
    installation,
    ...files.value,
    edgeProgram,
    zygoteProgram,
    identity,
    sockets,
    listeners: sockets.map((socket) => boundListener(socket, model)),
    manager,
    certificates: certificates.value,
    wires: wires.value,
    secrets: Object.fromEntries(model.apps.map(({ id }) => [id, newSecret()])),
    slots,
    logMark: randomBytes(LOG_MARK_BYTES).toString('hex'),
  });
}

export function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString('hex');
}

function boundListener({ address, listener }: OpenSocket, { listeners }: ServerModel): BoundListener {
  return { ...address, listener, isTls: listeners[listener]?.tls === true };
}

/** Whether the folders and the Pythons of the applications are there: a sentence for each fault. */
export function applicationFaults(model: ServerModel, around: Around): readonly string[] {
  const { user, group } = model.process;
  const identity = resolveIdentity(user, group);
  return identity.ok ? actAs(identity.value, () => checkApplications(model, around, identity.value)) : [identity.fault];
}

/** The application's files are the user's affair: root has no business in them, nor in what they may be links to. */
function actAs<T>(identity: Identity | undefined, act: () => T): T {
  return mayAct(identity) ? asUser(identity, act) : act();
}

/** With the rights that the process has. */
export function checkApplications(model: ServerModel, around: Around, identity: Identity | undefined): string[] {
  return model.apps.flatMap((app) =>
    checkApplication(app, around, identity).map((fault) =>
      // In nginx's files settings are no flags, and there may be many applications.
      model.process.manner === 'nginx' ? `python_app "${app.target}": ${fault.replace(/^--/, '')}` : fault,
    ),
  );
}

function checkApplication(app: App, around: Around, identity: Identity | undefined): string[] {
  try {
    // With the dot it is not only seen but entered.
    if (!statSync(`${app.chdir}/.`).isDirectory()) {
      return [`--chdir: ${app.chdir} is not a folder`];
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const isHidden = code === 'EACCES';
    return [
      `--chdir: ${app.chdir} ${isHidden ? 'cannot be entered by the user that the server runs as' : 'is not a folder'}`,
    ];
  }
  const runtime = findRuntime(app, placeOf(app, around), identity);
  return runtime.ok ? [] : [runtime.fault];
}

function checkWatched({ development }: ServerModel): string[] {
  return (development?.folders ?? [])
    .filter((folder) => !isFolder(folder))
    .map((folder) => `--reload-dir: ${folder} is not a folder`);
}

/** The edge opens the access log itself, as the user. A pipe or a terminal may be open to root alone, so the edge gets its descriptor from here. */
function openLog({ sink }: LogTarget, identity: Identity | undefined): number | null {
  // A path with variables names many files, of which none is known yet.
  if (sink.kind !== 'file' || typeof sink.path !== 'string' || sink.path === '-') {
    return null;
  }
  const fd = openLogFile(sink.path, identity);
  if (!fstatSync(fd).isFile()) {
    return fd;
  }
  closeSync(fd);
  return null;
}

/** Error logs of sites and locations are written by the edge, whose user could not make them in a folder of root's: each is there, and is that user's, before the edge starts. */
function leaveErrorLogs({ scopes }: ServerModel, identity: Identity | undefined): void {
  const paths = scopes.flatMap(({ errorLogs }) =>
    errorLogs.flatMap(({ sink }) => (sink.kind === 'file' && typeof sink.path === 'string' ? [sink.path] : [])),
  );
  for (const path of new Set(paths)) {
    closeLogFile(openLogFile(path, identity));
  }
}

type OpenFiles = Pick<PreparedServer, 'serverLogs' | 'logs' | 'pidFile'>;

/** Opens the files: the last that is done with the rights of whoever has started us. */
function openFiles(model: ServerModel, identity: Identity | undefined): Outcome<OpenFiles> {
  const { logs, process: settings } = model;
  const { manner, pidFile, umask } = settings;
  try {
    if (umask !== undefined) {
      process.umask(umask);
    }
    const serverLogs = openFor(manner, '--log-file', () => ServerLogs.open(settings, identity, systemClock));
    const opened = logs.map((log) => openFor(manner, '--access-log', () => openLog(log, identity)));
    openFor(manner, '--log-file', () => leaveErrorLogs(model, identity));
    const own = pidFile === '' ? undefined : new PidFile(pidFile, identity);
    // Whoever waits for nginx's connects when it is there, so it is written when clients are served, unless the rights to do so are given up here.
    if (manner !== 'nginx' || mayAct(identity)) {
      openFor(manner, '--pid-file', () => own?.write());
    }
    if (identity !== undefined) {
      leaveCompileCache(identity, systemClock.nowMs());
      dropPrivileges(identity);
    }
    return success({ serverLogs, logs: opened, pidFile: own });
  } catch (error) {
    return failure((error as Error).message);
  }
}

/** What stands in the way is told with the flag that names the file, or as nginx tells it. */
function openFor<T>(manner: Manner, flag: string, open: () => T): T {
  try {
    return open();
  } catch (error) {
    const { code, message, path } = error as NodeJS.ErrnoException;
    if (manner === 'nginx') {
      const words = code === undefined ? message : `open() "${path ?? ''}" failed (${systemWords(error)})`;
      throw new Error(words, { cause: error });
    }
    // An error without a code of the system is one of our own sentences, which says what to do.
    const remedy = code === undefined ? '' : '. Choose a path that can be written, or start as a user who may';
    throw new Error(`${flag}: ${message}${remedy}`, { cause: error });
  }
}

const SELF_NAME = 'portico';

export function newLog({ serverLogs, model, logMark }: PreparedServer): Log {
  const self = { pid: process.pid, name: SELF_NAME };
  const takesObjects = model.process.logFormat === 'json';
  return new Log(serverLogs.outlets, systemClock, { mark: logMark, self, takesObjects });
}

function ours(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}
