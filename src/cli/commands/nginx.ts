/** `portico nginx`: nginx's command line. What it prints, and its exit codes, are read by units, hooks and scripts that were written for nginx. */

import { NGINX_TABLE } from '../../config/dialects/nginx/directives/table.ts';
import { dumpNginxFiles } from '../../config/dialects/nginx/dump.ts';
import { nginxMessage } from '../../config/dialects/nginx/nginx-words.ts';
import { fullName } from '../../config/dialects/nginx/surroundings.ts';
import type { ServerModel } from '../../config/model/server-model.ts';
import { systemClock } from '../../kernel/clock.ts';
import { failure, success } from '../../kernel/outcome.ts';
import type { ModelSource } from '../../supervisor/model-reload.ts';
import type { Surroundings } from '../../supervisor/service-manager.ts';
import { isDaemon, sayAsDaemon } from '../daemon.ts';
import type { Invocation } from '../invocation.ts';
import type { NginxArguments } from '../nginx/nginx-arguments.ts';
import { readNginxArguments } from '../nginx/nginx-arguments.ts';
import { tellFaults } from '../nginx/nginx-faults.ts';
import type { NginxPlaces } from '../nginx/nginx-places.ts';
import { placesOf } from '../nginx/nginx-places.ts';
import type { NginxConfiguration } from '../nginx/read-configuration.ts';
import { readConfiguration } from '../nginx/read-configuration.ts';
import { StartLog } from '../nginx/start-log.ts';
import type { Terminal } from '../terminal.ts';

const [DONE, FAILED] = [0, 1];

/** Resolves with the exit code. */
export async function nginx({ args, ...surroundings }: Invocation, printer: Terminal): Promise<number> {
  const { predecessor } = surroundings;
  const say = predecessor === undefined ? sayAsDaemon : predecessor.say.bind(predecessor);
  const terminal = predecessor !== undefined || isDaemon() ? { ...printer, error: say } : printer;
  const read = readNginxArguments(args);
  if (!read.ok) {
    terminal.error(`nginx: ${read.fault}\n`);
    return FAILED;
  }
  const said = read.value;
  if (said.shows.version) {
    await show(said, terminal);
    if (said.tests === 'no') {
      return DONE;
    }
  }
  const places = placesOf(said);
  const path = said.errorLog ? fullName(said.errorLog, places.prefix) : '';
  const log = new StartLog({ path, least: said.tests === 'no' ? 'notice' : 'info' }, terminal, systemClock);
  try {
    return await run({ said, places, log, surroundings, terminal });
  } finally {
    log.close();
  }
}

async function show({ shows }: NginxArguments, terminal: Terminal): Promise<void> {
  const { NGINX_HELP, renderBuild, renderVersion } = await import('../nginx/nginx-build.ts');
  const { readVersion } = await import('../../supervisor/version.ts');
  const { openssl, node } = process.versions;
  const works = (name: string): boolean =>
    NGINX_TABLE.rowsOf(name).some(({ status, apply }) => status.kind === 'supported' && apply !== undefined);
  terminal.error(
    renderVersion(readVersion()) +
      (shows.help ? NGINX_HELP : '') +
      (shows.build ? renderBuild({ openssl, node, works }) : ''),
  );
}

interface Task {
  readonly said: NginxArguments;
  readonly places: NginxPlaces;
  readonly log: StartLog;
  readonly surroundings: Surroundings;
  readonly terminal: Terminal;
}

async function run({ said, places, log, surroundings, terminal }: Task): Promise<number> {
  const { model, files, diagnostics } = readConfiguration(said, places);
  // A daemon's have been told by the process that waits for it.
  if (!isDaemon() || model === undefined) {
    tellFaults(diagnostics, log);
  }
  if (said.tests !== 'no') {
    const isSound = model !== undefined && (await canRun(model, surroundings, log));
    tellTest(said, places, isSound, log);
    if (isSound && said.tests === 'dump') {
      terminal.out(dumpNginxFiles(files));
    }
    return isSound ? DONE : FAILED;
  }
  if (model === undefined) {
    return FAILED;
  }
  if (said.signal === undefined) {
    const { startServer } = await import('../nginx/start-server.ts');
    return startServer(
      model,
      surroundings,
      log,
      configurationSource(() => readConfiguration(said, places)),
    );
  }
  const { signalMaster } = await import('../nginx/signal-master.ts');
  log.say('notice', 'signal process started');
  const sent = signalMaster(said.signal, model.process.pidFile);
  if (!sent.ok) {
    log.say(sent.fault.level, sent.fault.message);
  }
  return sent.ok ? DONE : FAILED;
}

/** For HUP: the files are read again by the same words of the command line. */
function configurationSource(read: () => NginxConfiguration): ModelSource {
  return () => {
    const { model, diagnostics } = read();
    const faults = diagnostics.filter(({ severity }) => severity === 'error').map(nginxMessage);
    return Promise.resolve(model === undefined ? failure(faults) : success(model));
  };
}

async function canRun(model: ServerModel, surroundings: Surroundings, log: StartLog): Promise<boolean> {
  const { resolveIdentity } = await import('../../supervisor/privileges.ts');
  const { tryCertificates } = await import('../../supervisor/try-certificates.ts');
  const identity = resolveIdentity(model.process.user, model.process.group);
  const { faults, warnings } = await tryCertificates(model, identity.ok ? identity.value : undefined);
  for (const warning of warnings) {
    log.say('warn', warning);
  }
  for (const fault of faults) {
    log.say('emerg', fault);
  }
  return faults.length === 0 && (await canRunApplications(model, surroundings, log));
}

async function canRunApplications(
  model: ServerModel,
  { env, installation }: Surroundings,
  log: StartLog,
): Promise<boolean> {
  if (model.apps.length === 0) {
    return true;
  }
  const { applicationFaults } = await import('../../supervisor/prepare.ts');
  const faults = applicationFaults(model, { cwd: process.cwd(), env, installation });
  for (const fault of faults) {
    log.say('emerg', fault);
  }
  return faults.length === 0;
}

function tellTest({ isQuiet }: NginxArguments, { file }: NginxPlaces, isSound: boolean, log: StartLog): void {
  if (!isSound) {
    log.tell(`configuration file ${file} test failed`);
  } else if (!isQuiet) {
    log.tell(`the configuration file ${file} syntax is ok`);
    log.tell(`configuration file ${file} test is successful`);
  }
}
