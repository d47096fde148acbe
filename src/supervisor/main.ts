/** A server from its model to its end. */

import type { ServerModel } from '../config/model/server-model.ts';
import { believesEveryone } from '../config/proxy-settings.ts';
import { systemClock } from '../kernel/clock.ts';
import type { Announcement } from './announcement.ts';
import { removeOldCode } from './compile-cache.ts';
import type { Log } from './log/log.ts';
import { newLog, prepareServer } from './prepare.ts';
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

const EVERYONE_BELIEVED =
  '--forwarded-allow-ips is for everybody: a client is whoever it says it is, unless the proxy in front replaces X-Forwarded-For and X-Forwarded-Proto (or Forwarded) of its own. Naming the proxy, or the network that it is in, is safer';

/** `cwd`: the folder that the paths of the model were made absolute by. Resolves with the exit code. */
export async function supervise(
  model: ServerModel,
  cwd: string,
  surroundings: Surroundings,
  reports: ServeReports,
): Promise<number> {
  const prepared = await prepareServer(model, cwd, surroundings);
  if (!prepared.ok) {
    reports.onFaults(prepared.fault.messages);
    return prepared.fault.code;
  }
  const server = prepared.value;
  // For ps, and for whoever finds the port in use.
  process.title = model.process.title;
  const log = newLog(server);
  const code = await new Promise<number>((resolve) => {
    const supervisor = new Supervisor(server, log, systemClock, {
      onStarted: (announcement) => reports.onStarted(announcement, log),
      onGivenUp: (error, traceback) => reports.onGivenUp(error, traceback, log),
      onFinished: resolve,
    });
    listenForSignals((command, signal) => supervisor.obey(command, signal));
    // Rejected promises come here as well: Node makes an exception of each that nobody has handled.
    process.on('uncaughtException', (error) => supervisor.fail(error));
    if (believesEveryone(model.forwarding)) {
      log.say('warning', EVERYONE_BELIEVED);
    }
    supervisor.start();
    if (model.development !== undefined) {
      void import('./development.ts').then(({ develop }) => develop(server, log, (why) => supervisor.reload(why)));
    }
  });
  removeOldCode(systemClock.nowMs());
  return code;
}
