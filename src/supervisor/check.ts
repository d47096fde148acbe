/** `--check`: the application is loaded once, without binding anything, and what was found is told. */

import { resolve } from 'node:path';
import type { StaticFolder, UrlFolder } from '../config/model/folders.ts';
import type { ServeRequest } from '../config/serve-options.ts';
import { systemClock } from '../kernel/clock.ts';
import type { Outcome } from '../kernel/outcome.ts';
import { success } from '../kernel/outcome.ts';
import type { AppFacts, Elsewhere, FromZygote, WithheldFolder } from '../protocol/control/zygote.ts';
import type { CertificateReport } from './certificate-keeper.ts';
import { ZygoteChild } from './children/zygote-child.ts';
import { startMessage } from './children/zygote-start.ts';
import { describeExit } from './fleet/exit-words.ts';
import { describeLateImport, describeLatePython, isEndOfLatePython } from './fleet/fleet-failures.ts';
import type { Exit } from './fleet/fleet-types.ts';
import { SUPERVISOR_LIMITS } from './limits.ts';
import type { Log } from './log/log.ts';
import type { Runtime, Site } from './prepare.ts';
import { findRuntime, newLog, placeOf, prepareSite } from './prepare.ts';
import { endGroup } from './python/process-group.ts';
import { explainProgram } from './python/python-program.ts';
import type { Surroundings } from './service-manager.ts';
import { NO_MANAGER } from './service-manager.ts';
import { appMounts, explicitMounts, explicitNamedFolders, withheldFolders } from './static-mounts.ts';

export interface CheckResult {
  readonly pythonVersion: string;
  readonly pythonPath: string;
  /** Where the Python was found, in words that follow its name; '' where everybody would look first. */
  readonly pythonOrigin: string;
  readonly facts: AppFacts | undefined;
  readonly mounts: readonly StaticFolder[];
  /** Folders that the application names, and on whose files it may decide: it is asked for each of them. */
  readonly withheld: readonly WithheldFolder[];
  /** Folders from which the edge sends the files that the application names in its answers. */
  readonly namedFolders: readonly UrlFolder[];
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

/** Resolves with the exit code. */
export async function checkSite(
  request: ServeRequest,
  surroundings: Surroundings,
  reports: CheckReports,
): Promise<number> {
  const model = { ...request.options, pidFile: '', accessLog: '' };
  const prepared = await prepareSite({ ...request, options: model }, { ...surroundings, manager: NO_MANAGER });
  if (!prepared.ok) {
    reports.onFaults(prepared.fault.messages);
    return prepared.fault.code;
  }
  const site = prepared.value;
  const log = newLog(site);
  const loading = await loadWhereItIs(site, log);
  if (!loading.ok) {
    reports.onFaults([loading.fault]);
    return 1;
  }
  const { said, runtime } = loading.value;
  const { path, origin, isPlain } = runtime.interpreter;
  site.wires.close();
  site.sink.finish(systemClock);
  if (said.kind === 'loaded') {
    const absolute = (path: string): string => resolve(site.cwd, path);
    const mounts = [...explicitMounts(model, absolute), ...(said.app === undefined ? [] : appMounts(model, said.app))];
    reports.onFound({
      pythonVersion: said.python,
      pythonPath: path,
      pythonOrigin: isPlain ? '' : origin,
      facts: said.app,
      mounts,
      namedFolders: [...explicitNamedFolders(model, absolute), ...(said.app?.named ?? [])],
      withheld: said.app === undefined ? [] : withheldFolders(model, said.app),
      certificates: site.certificates.describe(),
      warnings: runtime.warnings,
    });
    return 0;
  }
  reports.onGivenUp(said.error, said.traceback, log);
  site.sink.finish(systemClock);
  return APPLICATION_FAULT;
}

type Loading = Extract<FromZygote, { kind: 'loaded' | 'load-failed' }>;

interface WhereItIs {
  readonly said: Loading;
  readonly runtime: Runtime;
}

/** The application may be found in a folder below, with a Python of its own. */
async function loadWhereItIs(site: Site, log: Log): Promise<Outcome<WhereItIs>> {
  let moved: Elsewhere | undefined;
  for (;;) {
    const runtime = findRuntime(site.model, placeOf(site, moved), site.identity);
    if (!runtime.ok) {
      return runtime;
    }
    const said = await load(site, { runtime: runtime.value, moved }, log);
    if (said.kind !== 'elsewhere') {
      return success({ said, runtime: runtime.value });
    }
    moved = said;
  }
}

function load(
  site: Site,
  { runtime, moved }: { readonly runtime: Runtime; readonly moved: Elsewhere | undefined },
  log: Log,
): Promise<Loading | Elsewhere> {
  const { env, interpreter } = runtime;
  return new Promise((done) => {
    const { startTimeoutMs } = site.model;
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
        program: site.zygoteProgram,
        env,
        start: startMessage(site, 'always', { pythonFound: interpreter.origin, moved }),
      },
      log,
      {
        onMessage: (message) => {
          if (message.kind === 'elsewhere' && moved === undefined) {
            said = message;
          } else if (message.kind === 'loaded' || message.kind === 'load-failed') {
            said = message;
            zygote.send({ kind: 'stop' });
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
            endGroup(zygote.pid);
          }
          if (isEndOfLatePython({ isOverdue }, cause)) {
            said ??= failed(describeLatePython(startTimeoutMs));
          }
          done(said === undefined ? explainEnd(runtime, cause) : Promise.resolve(said));
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

async function explainEnd({ interpreter, env }: Runtime, cause: Exit): Promise<Loading> {
  const error =
    (await explainProgram(interpreter.path, env)) ?? `the process that loads the application ${describeExit(cause)}`;
  return { kind: 'load-failed', error, traceback: '' };
}
