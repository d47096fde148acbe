/** `portico nginx`: nginx's command line. What it prints, and its exit codes, are read by units, hooks and scripts that were written for nginx. */

import { isFaulty } from '../../config/diagnostic.ts';
import { NGINX_TABLE } from '../../config/dialects/nginx/directives/table.ts';
import { dumpNginxFiles } from '../../config/dialects/nginx/dump.ts';
import type { NginxReading } from '../../config/dialects/nginx/read-nginx.ts';
import { readNginx } from '../../config/dialects/nginx/read-nginx.ts';
import { directivesIn } from '../../config/dialects/nginx/tree.ts';
import { systemClock } from '../../kernel/clock.ts';
import type { Invocation } from '../invocation.ts';
import { DISK_FILES } from '../nginx/disk-files.ts';
import type { NginxArguments } from '../nginx/nginx-arguments.ts';
import { readNginxArguments } from '../nginx/nginx-arguments.ts';
import { tellFaults } from '../nginx/nginx-faults.ts';
import type { NginxPlaces } from '../nginx/nginx-places.ts';
import { fullName, NGINX_PLACES, placesOf } from '../nginx/nginx-places.ts';
import { StartLog } from '../nginx/start-log.ts';
import type { Terminal } from '../terminal.ts';

const [DONE, FAILED] = [0, 1];

/** Resolves with the exit code. */
export async function nginx({ args }: Invocation, terminal: Terminal): Promise<number> {
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
    return await run(said, places, log, terminal);
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

async function run(said: NginxArguments, places: NginxPlaces, log: StartLog, terminal: Terminal): Promise<number> {
  const reading = readNginx(places.file, DISK_FILES, { globals: said.directives, confPrefix: places.filePrefix });
  tellFaults(reading.diagnostics, log);
  const isSound = !isFaulty(reading.diagnostics);
  if (said.tests !== 'no') {
    tellTest(said, places, isSound, log);
    if (isSound && said.tests === 'dump') {
      terminal.out(dumpNginxFiles(reading.files));
    }
    return isSound ? DONE : FAILED;
  }
  if (!isSound) {
    return FAILED;
  }
  if (said.signal !== undefined) {
    const { signalMaster } = await import('../nginx/signal-master.ts');
    log.say('notice', 'signal process started');
    const sent = signalMaster(said.signal, fullName(pidFileOf(reading), places.prefix));
    if (!sent.ok) {
      log.say(sent.fault.level, sent.fault.message);
    }
    return sent.ok ? DONE : FAILED;
  }
  log.say('emerg', "a server cannot be started by nginx's files yet: -t, -T and -s work");
  return FAILED;
}

function tellTest({ isQuiet }: NginxArguments, { file }: NginxPlaces, isSound: boolean, log: StartLog): void {
  if (!isSound) {
    log.tell(`configuration file ${file} test failed`);
  } else if (!isQuiet) {
    log.tell(`the configuration file ${file} syntax is ok`);
    log.tell(`configuration file ${file} test is successful`);
  }
}

function pidFileOf({ tree }: NginxReading): string {
  const pid = [...directivesIn(tree)].find(({ name }) => name.text === 'pid');
  return pid?.args[0]?.text ?? NGINX_PLACES.pidFile;
}
