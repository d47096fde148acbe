/** A server from its model to its end. */

import type { ServerModel } from '../config/model/server-model.ts';
import { believesEveryone, takesAnyHeader } from '../config/proxy-settings.ts';
import { systemClock } from '../kernel/clock.ts';
import { systemWords } from '../kernel/system-words.ts';
import type { Announcement } from './announcement.ts';
import { removeOldCode } from './compile-cache.ts';
import { Commands } from './control-socket/commands.ts';
import { exitCodeOf } from './exit-codes.ts';
import { raiseFileLimit } from './file-limit.ts';
import type { Log } from './log/log.ts';
import { LogRing } from './log/log-ring.ts';
import type { ModelSource } from './model-reload.ts';
import type { PreparedServer } from './prepare.ts';
import { newLog, prepareServer } from './prepare.ts';
import { nameProcess } from './process-name.ts';
import type { Surroundings } from './service-manager.ts';
import { listenForSignals } from './signals.ts';
import { Supervisor } from './supervisor.ts';

export interface ServeReports {
  /** Reasons why the server does not start. */
  onFaults(messages: readonly string[]): void;
  /** An address is waited for: a sentence without its end. */
  onWait(text: string): void;
  onStarted(announcement: Announcement, log: Log): void;
  /** The server cannot be started. `traceback` may be ''. */
  onGivenUp(error: string, traceback: string, log: Log): void;
}

const FAILED = 1;
const EVERYONE_BELIEVED =
  '--forwarded-allow-ips is for everybody: a client is whoever it says it is, unless the proxy in front replaces X-Forwarded-For and X-Forwarded-Proto (or Forwarded) of its own. Naming the proxy, or the network that it is in, is safer';
const ANY_HEADER_TAKEN =
  '--proxy-allow-ips is for everybody: whoever can reach the port is whoever it says it is by the PROXY protocol. Naming the balancer, or the network that it is in, is safer';

/** `cwd`: the folder that the paths of the model were made absolute by. `source` reads the configuration again, for a reload. Resolves with the exit code. */
export async function supervise(
  model: ServerModel,
  cwd: string,
  surroundings: Surroundings,
  reports: ServeReports,
  source?: ModelSource,
): Promise<number> {
  // For ps, and for whoever finds the port in use. Who has given up root's rights cannot set its short name any more.
  nameProcess(model.process.title);
  // With the rights of whoever starts us: root may have more than it was given.
  const limitFault = raiseFileLimit(model.process.filesMax);
  const prepared = await prepareServer(model, cwd, surroundings);
  if (!prepared.ok) {
    reports.onFaults(prepared.fault.messages);
    return exitCodeOf(model.process.manner, prepared.fault.code);
  }
  const server = prepared.value;
  const ring = new LogRing();
  const log = newLog(server, ring);
  if (server.rightsNote !== undefined) {
    log.say('info', server.rightsNote);
  }
  if (limitFault !== undefined) {
    log.say('alert', limitFault);
  }
  let isHidden = false;
  const code = await new Promise<number>((resolve) => {
    const supervisor = new Supervisor(
      server,
      log,
      systemClock,
      {
        onStarted: (announcement) => {
          if (writePidFile(server, log)) {
            server.predecessor?.tellRuns();
            reports.onStarted(announcement, log);
          } else {
            isHidden = true;
            supervisor.obey('stop-quickly', 'SIGTERM');
          }
        },
        onGivenUp: (error, traceback) => reports.onGivenUp(error, traceback, log),
        onFinished: (ended) => {
          commands.close();
          resolve(ended);
        },
      },
      source,
    );
    const commands = new Commands({ server, supervisor, ring, clock: systemClock, log }, (fault) => {
      log.say('emerg', `--control-socket: ${fault}`);
      isHidden = true;
      supervisor.obey('stop-quickly', 'SIGTERM');
    });
    listenForSignals(model.process, (command, signal) => supervisor.obey(command, signal));
    // Rejected promises come here as well: Node makes an exception of each that nobody has handled.
    process.on('uncaughtException', (error) => supervisor.fail(error));
    if (believesEveryone(model.forwarding)) {
      log.say('warning', EVERYONE_BELIEVED);
    }
    if (takesAnyHeader(model.forwarding)) {
      log.say('warning', ANY_HEADER_TAKEN);
    }
    supervisor.start();
    if (model.process.triggers !== undefined) {
      void import('./triggers/start-triggers.ts').then(({ startTriggers }) =>
        startTriggers(server, log, (command, why) => supervisor.obey(command, why)),
      );
    }
    void commands.open();
    if (model.development !== undefined) {
      void import('./development.ts').then(({ develop }) => develop(server, log, (why) => supervisor.reloads.ask(why)));
    }
  });
  removeOldCode(systemClock.nowMs());
  return isHidden ? FAILED : exitCodeOf(model.process.manner, code);
}

/** Says what is in the way: a server that others cannot find by its file does not go on. */
function writePidFile({ pidFile, model }: PreparedServer, log: Log): boolean {
  try {
    pidFile?.write();
    return true;
  } catch (error) {
    log.say('emerg', `open() "${model.process.pidFile}" failed (${systemWords(error)})`);
    return false;
  }
}
