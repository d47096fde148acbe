/** `--check`: the application is loaded once, without binding anything, and what was found is told. */

import type { App } from '../config/model/app.ts';
import type { ServerModel } from '../config/model/server-model.ts';
import { assert } from '../kernel/assert.ts';
import { systemClock } from '../kernel/clock.ts';
import type { Outcome } from '../kernel/outcome.ts';
import { success } from '../kernel/outcome.ts';
import type { AppFacts, Elsewhere, FromZygote } from '../protocol/control/zygote.ts';
import type { CertificateReport } from './certificate-keeper.ts';
import { ZygoteChild } from './children/zygote-child.ts';
import { startMessage } from './children/zygote-start.ts';
import { describeExit } from './fleet/exit-words.ts';
import { describeLateImport, describeLatePython, isEndOfLatePython } from './fleet/fleet-failures.ts';
import type { Exit } from './fleet/fleet-types.ts';
import { SUPERVISOR_LIMITS } from './limits.ts';
import type { Log } from './log/log.ts';
import type { PreparedServer } from './prepare.ts';
import { newLog, prepareServer } from './prepare.ts';
import type { Identity } from './privileges.ts';
import { endGroup } from './python/process-group.ts';
import { explainProgram } from './python/python-program.ts';
import type { Runtime } from './runtime.ts';
import { findRuntime, placeOf } from './runtime.ts';
import type { Surroundings } from './service-manager.ts';
import { NO_MANAGER } from './service-manager.ts';
import type { Folders } from './static-mounts.ts';
import { foldersOf } from './static-mounts.ts';

export interface CheckResult extends Folders {
  readonly pythonVersion: string;
  readonly pythonPath: string;
  /** Where the Python was found, in words that follow its name; '' where everybody would look first. */
  readonly pythonOrigin: string;
  readonly facts: AppFacts | undefined;
  readonly certificates: CertificateReport | undefined;
  /** About how the application is started, one sentence each. */
  readonly warnings: readonly string[];
}

export interface CheckReports {
  onFaults(messages: readonly string[]): void;
  onGivenUp(error: string, traceback: string, log: Log): void;
  onFound(result: CheckResult): void;
}

/** The exit code of a server that cannot load its application, started or only checked. */
const APPLICATION_FAULT = 3;

/** `model`: with one application, and without what a check must not open: listeners, logs, a pid file. Resolves with the exit code. */
export async function checkSite(
  model: ServerModel,
  cwd: string,
  surroundings: Surroundings,
  reports: CheckReports,
): Promise<number> {
  const [app] = model.apps;
  assert(app !== undefined, 'there is no application to check');
  const prepared = await prepareServer(model, cwd, { ...surroundings, manager: NO_MANAGER });
  if (!prepared.ok) {
    reports.onFaults(prepared.fault.messages);
    return prepared.fault.code;
  }
  const server = prepared.value;
  const log = newLog(server);
  const loading = await loadWhereItIs(server, app, log);
  if (!loading.ok) {
    reports.onFaults([loading.fault]);
    return 1;
  }
  const { said, runtime } = loading.value;
  const { path, origin, isPlain } = runtime.interpreter;
  server.wires.close();
  await server.serverLogs.finish(systemClock);
  if (said.kind === 'loaded') {
    reports.onFound({
      pythonVersion: said.python,
      pythonPath: path,
      pythonOrigin: isPlain ? '' : origin,
      facts: said.app,
      ...foldersOf(model, app, said.app),
      certificates: server.certificates.describe(),
      warnings: runtime.warnings,
    });
    return 0;
  }
  reports.onGivenUp(said.error, said.traceback, log);
  await server.serverLogs.finish(systemClock);
  return APPLICATION_FAULT;
}

type Loading = Extract<FromZygote, { kind: 'loaded' | 'load-failed' }>;

interface WhereItIs {
  readonly said: Loading;
  readonly runtime: Runtime;
}

/** The application may be found in a folder below, with a Python of its own. */
async function loadWhereItIs(server: PreparedServer, app: App, log: Log): Promise<Outcome<WhereItIs>> {
  let moved: Elsewhere | undefined;
  for (;;) {
    const runtime = findRuntime(app, placeOf(app, server, moved), server.identity);
    if (!runtime.ok) {
      return runtime;
    }
    const said = await load(server, { app, runtime: runtime.value, moved }, log);
    if (said.kind !== 'elsewhere') {
      return success({ said, runtime: runtime.value });
    }
    moved = said;
  }
}

function load(
  server: PreparedServer,
  { app, runtime, moved }: { readonly app: App; readonly runtime: Runtime; readonly moved: Elsewhere | undefined },
  log: Log,
): Promise<Loading | Elsewhere> {
  const { env, interpreter } = runtime;
  return new Promise((done) => {
    const startTimeoutMs = app.timeouts.startMs;
    const failed = (error: string): Loading => ({ kind: 'load-failed', error, traceback: '' });
    let said: Loading | Elsewhere | undefined;
    let isOverdue = false;
    const timers: NodeJS.Timeout[] = [];
    const later = (ms: number, act: () => void): void => {
      timers.push(setTimeout(act, ms));
    };
    const zygote = new ZygoteChild(
      {
        python: interpreter.path,
        program: server.zygoteProgram,
        env,
        name: 'app',
        identity: server.identity,
        start: startMessage(
          server,
          app,
          { preload: 'always', isReload: false, isTrial: true },
          {
            pythonFound: interpreter.origin,
            certificates: server.certificates,
            moved,
          },
        ),
      },
      log,
      {
        onMessage: (message) => {
          if (message.kind === 'elsewhere' && moved === undefined) {
            said = message;
          } else if (message.kind === 'loaded' || message.kind === 'load-failed') {
            said = message;
            zygote.send({ kind: 'stop', isEnd: false });
            later(SUPERVISOR_LIMITS.zygoteEndMs, () => zygote.kill());
          }
        },
        onFault: (fault) => log.say('error', fault),
        onExit: (cause) => {
          for (const timer of timers) {
            clearTimeout(timer);
          }
          if (isOverdue) {
            // A Python may be a script that starts one, and heeds signals alone.
            endGroup(zygote.pid, server.identity);
          }
          if (isEndOfLatePython({ isOverdue }, cause)) {
            said ??= failed(describeLatePython(startTimeoutMs));
          }
          done(said === undefined ? explainEnd(runtime, server.identity, cause) : Promise.resolve(said));
        },
      },
    );
    later(startTimeoutMs, () => {
      isOverdue = true;
      zygote.dump();
    });
    later(startTimeoutMs + SUPERVISOR_LIMITS.tracebackMs, () => {
      said ??= failed(describeLateImport(startTimeoutMs));
      zygote.kill();
    });
  });
}

async function explainEnd(
  { interpreter, env }: Runtime,
  identity: Identity | undefined,
  cause: Exit,
): Promise<Loading> {
  const error =
    (await explainProgram(interpreter.path, { identity, env })) ??
    `the process that loads the application ${describeExit(cause)}`;
  return { kind: 'load-failed', error, traceback: '' };
}
