/**
 * Everything that must be so before the first child is started: addresses are bound and files opened as whoever started us,
 * and the workers' sockets are made with the rights of who will use them.
 */

import { statSync } from 'node:fs';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { allListeners } from '../config/model/all-listeners.ts';
import type { App, AppId } from '../config/model/app.ts';
import type { Manner, ServerModel } from '../config/model/server-model.ts';
import { KEY_PASSWORD_VARIABLES } from '../config/tls-settings.ts';
import { systemClock } from '../kernel/clock.ts';
import type { Outcome } from '../kernel/outcome.ts';
import { failure, success } from '../kernel/outcome.ts';
import { randomBytes } from '../kernel/random-bytes.ts';
import type { BoundListener } from '../protocol/control/edge.ts';
import { CertificateKeeper } from './certificate-keeper.ts';
import { leaveCompileCache } from './compile-cache.ts';
import { newSlots } from './fleet-settings.ts';
import type { Installation } from './installation.ts';
import { leaveErrorLogs, openLogs } from './log/leave-logs.ts';
import { Log } from './log/log.ts';
import type { LogOutlet } from './log/log-outlet.ts';
import { newOutlet } from './log/log-outlet.ts';
import type { LogRing } from './log/log-ring.ts';
import { describeOpenFault } from './log/open-fault.ts';
import { ServerLogs } from './log/server-logs.ts';
import { whyNotRoots, whyUnreadable } from './own-files.ts';
import { isFolder } from './paths.ts';
import { PidFile } from './pid-file.ts';
import type { Identity } from './privileges.ts';
import { actFor, dropPrivileges, mayAct, resolveIdentity } from './privileges.ts';
import type { Around } from './runtime.ts';
import { findRuntime, placeOf } from './runtime.ts';
import type { OwnProgram, ServiceManager, Surroundings } from './service-manager.ts';
import type { SlotRanges } from './slot-ranges.ts';
import type { OpenSocket } from './sockets/given-sockets.ts';
import { openSockets } from './sockets/given-sockets.ts';
import { EDGE_AS_USER, RUN_AS_USER } from './start-as-user.ts';
import type { StatsSocket } from './stats/open-stats-socket.ts';
import { openStatsSocket } from './stats/open-stats-socket.ts';
import { tlsSourcesOf } from './tls-contexts.ts';
import type { Predecessor } from './upgrade/predecessor.ts';
import type { WorkerWires } from './worker-wires.ts';
import { openWorkerWires } from './worker-wires.ts';

/** A server that is ready to be started: its model, and what was opened and found for it. A reload of the configuration changes it (model-reload.ts). */
export interface PreparedServer {
  readonly model: ServerModel;
  /** By index in `model.logs`: the descriptor of a log that is a pipe or a terminal; null for what the edge opens itself. */
  readonly logs: readonly (number | null)[];
  readonly pidFile: PidFile | undefined;
  readonly statsSocket: StatsSocket | undefined;
  readonly edgeProgram: string;
  readonly zygoteProgram: string;
  /** Where the server was started, by the name that the folder was entered by. */
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly identity: Identity | undefined;
  /** Why root's rights were given up for good, as a sentence; undefined if they were not. */
  readonly rightsNote: string | undefined;
  readonly sockets: readonly OpenSocket[];
  readonly listeners: readonly BoundListener[];
  readonly manager: ServiceManager;
  readonly installation: Installation;
  readonly program: OwnProgram | undefined;
  readonly predecessor: Predecessor | undefined;
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
  { env, manager, installation, program, predecessor, tell }: Surroundings,
): Promise<Outcome<PreparedServer, StartFault>> {
  // Neither the application nor any other child gets the password. (The system goes on showing it in /proc/PID/environ of this process.)
  for (const name of KEY_PASSWORD_VARIABLES) {
    delete env[name];
  }
  const { edge, process: settings } = model;
  const resolved = resolveIdentity(settings.user, settings.group);
  const identity = resolved.ok ? resolved.value : undefined;
  const found = [
    ...checkApplications(model, { cwd, env, installation }, identity),
    ...actFor(identity, () => checkWatched(model)),
  ];
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
  const certificates = await CertificateKeeper.open(tlsSourcesOf(model), { clock: systemClock, identity });
  if (!certificates.ok) {
    return failure({ messages: certificates.fault, code: SETTINGS_FAULT });
  }
  const opened = await openSockets({
    listeners: allListeners(model),
    manager,
    predecessor,
    identity,
    edgeThreads: edge.threads,
    umask: settings.umask,
    manner: settings.manner,
    onWait: tell,
  });
  if (!opened.ok) {
    return failure({ messages: opened.fault, code: 1 });
  }
  const sockets = opened.value;
  const statsSocket = await openStats(model, identity, { predecessor, tell });
  const slots = newSlots(model);
  const own = [process.execPath, RUN_AS_USER, EDGE_AS_USER, edgeProgram];
  const rightsNote = mayAct(identity) ? whyNotRoots(own, settings) : undefined;
  const files = openFiles(model, identity, { rightsNote, predecessor });
  const wires =
    files.ok && statsSocket.ok
      ? await openWorkerWires(env, {
          edgeThreads: edge.threads,
          boardBytes: slots.total * edge.threads * BOARD_RECORD_BYTES,
          identity,
        })
      : failure('');
  if (!files.ok || !statsSocket.ok || !wires.ok) {
    for (const socket of sockets) {
      socket.close();
    }
    return failure({ messages: faultsOf(statsSocket, files, wires).slice(0, 1), code: 1 });
  }
  return success({
    model,
    cwd,
    env,
    installation,
    program,
    predecessor,
    ...files.value,
    edgeProgram,
    zygoteProgram,
    identity,
    sockets,
    statsSocket: statsSocket.value,
    listeners: boundListeners(sockets, model),
    manager,
    certificates: certificates.value,
    wires: wires.value,
    secrets: Object.fromEntries(model.apps.map(({ id }) => [id, newSecret()])),
    slots,
    logMark: randomBytes(LOG_MARK_BYTES).toString('hex'),
  });
}

function faultsOf(...outcomes: readonly Outcome<unknown>[]): string[] {
  return outcomes.flatMap((outcome) => (outcome.ok ? [] : [outcome.fault]));
}

async function openStats(
  { process: { stats, umask, manner } }: ServerModel,
  identity: Identity | undefined,
  {
    predecessor,
    tell,
  }: { readonly predecessor: Surroundings['predecessor']; readonly tell: Surroundings['tell'] | undefined },
): Promise<Outcome<StatsSocket | undefined>> {
  if (stats === undefined) {
    return success(undefined);
  }
  const { address } = stats;
  return openStatsSocket({ address, umask, manner, identity, replaces: predecessor !== undefined, onWait: tell });
}

export function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString('hex');
}

export function boundListeners(sockets: readonly OpenSocket[], model: ServerModel): readonly BoundListener[] {
  return sockets.map(({ address, listener }) => ({ ...address, listener, ...spokenAt(listener, model) }));
}

/** `listener`: its index in `allListeners`. */
export function spokenAt(listener: number, model: ServerModel): Pick<BoundListener, 'isTls' | 'isStream' | 'speaks'> {
  const speaks = model.listeners[listener]?.speaks;
  return {
    ...(speaks === undefined ? {} : { speaks }),
    isTls: allListeners(model)[listener]?.tls === true,
    isStream: listener >= model.listeners.length,
  };
}

/** Whether the folders and the Pythons of the applications are there: a sentence for each fault. */
export function applicationFaults(model: ServerModel, around: Around): readonly string[] {
  const { user, group } = model.process;
  const identity = resolveIdentity(user, group);
  return identity.ok ? checkApplications(model, around, identity.value) : [identity.fault];
}

/** The applications' files are the user's affair: root has no business in them, nor in what they may be links to. */
export function checkApplications(model: ServerModel, around: Around, identity: Identity | undefined): string[] {
  return model.apps.flatMap((app) =>
    actFor(identity, () => checkApplication(app, around, identity)).map((fault) =>
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

type OpenFiles = Pick<PreparedServer, 'serverLogs' | 'logs' | 'pidFile' | 'rightsNote'>;

/** `rightsNote`: why we must not go on with root's rights. Then this is the last that is done with them. */
function openFiles(
  model: ServerModel,
  identity: Identity | undefined,
  { rightsNote, predecessor }: Pick<PreparedServer, 'rightsNote' | 'predecessor'>,
): Outcome<OpenFiles> {
  const { process: settings } = model;
  const { manner, pidFile, umask } = settings;
  const isSecond = manner !== 'nginx' && predecessor?.isThere === true;
  try {
    if (umask !== undefined) {
      process.umask(umask);
    }
    const serverLogs = openFor(manner, '--log-file', () => ServerLogs.open(settings, identity, systemClock));
    const logs = openFor(manner, '--access-log', () => openLogs(model, identity));
    openFor(manner, '--log-file', () => leaveErrorLogs(model, identity));
    const own = pidFile === '' ? undefined : new PidFile(pidFile, identity, isSecond);
    // Whoever waits for nginx's connects when it is there, so it is written when clients are served, unless the rights to do so are given up here.
    if (manner !== 'nginx' || rightsNote !== undefined) {
      openFor(manner, '--pid-file', () => own?.write());
    }
    if (identity !== undefined && rightsNote !== undefined) {
      leaveCompileCache(identity, systemClock.nowMs());
      dropPrivileges(identity);
    }
    return success({ serverLogs, logs, pidFile: own, rightsNote });
  } catch (error) {
    return failure((error as Error).message);
  }
}

/** What stands in the way is told with the flag that names the file, or as nginx tells it. */
function openFor<T>(manner: Manner, flag: string, open: () => T): T {
  try {
    return open();
  } catch (error) {
    throw new Error(describeOpenFault(manner, flag, error), { cause: error });
  }
}

const SELF_NAME = 'portico';

/** `ring`: keeps the last entries. */
export function newLog({ serverLogs, model, logMark }: PreparedServer, ring?: LogRing): Log {
  const self = { pid: process.pid, name: SELF_NAME };
  const { logFormat } = model.process;
  const outlets = ring === undefined ? serverLogs.outlets : besideRing(serverLogs.outlets, model, ring);
  return new Log(outlets, systemClock, { mark: logMark, self, takesObjects: logFormat === 'json' });
}

/** The ring has the text of the one log that a server has, or, beside several in nginx's form, one of its own. */
function besideRing(outlets: readonly LogOutlet[], { process: settings }: ServerModel, ring: LogRing): LogOutlet[] {
  const [first, ...others] = outlets;
  const own = newOutlet({ write: () => undefined }, { format: settings.logFormat, least: settings.logLevel });
  return first === undefined || settings.errorLogs.length > 0
    ? [...outlets, ring.beside(own)]
    : [ring.beside(first), ...others];
}

function ours(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}
