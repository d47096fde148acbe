/** Log files are opened again after they were moved away: the server's own, those of the edge, and those of the applications' loggers. */

import type { AppHost } from '../children/app-host.ts';
import type { EdgeHost } from '../children/edge-host.ts';
import { SUPERVISOR_LIMITS } from '../limits.ts';
import type { PreparedServer } from '../prepare.ts';
import type { ShownLogs } from './hidden-logs.ts';
import { showHiddenLogs } from './hidden-logs.ts';
import { leaveLogs } from './leave-logs.ts';
import type { Log } from './log.ts';

export interface ReopenedLogs {
  readonly server: Pick<PreparedServer, 'serverLogs' | 'model' | 'identity'>;
  readonly edge: Pick<EdgeHost, 'send'>;
  readonly apps: Iterable<Pick<AppHost, 'zygotes'>>;
  readonly log: Pick<Log, 'say'>;
}

export async function reopenLogs({ server, edge, apps, log }: ReopenedLogs): Promise<void> {
  const { serverLogs, model, identity } = server;
  let shown: ShownLogs | undefined;
  try {
    serverLogs.reopen();
    // Who has moved the files away need not have made new ones, and the edge cannot make any in a folder of root's.
    leaveLogs(model, identity);
    shown = await showHiddenLogs(model, identity);
  } catch (error) {
    log.say('error', `the log cannot be opened again: ${(error as Error).message}. The old one is written on`);
  }
  edge.send({ kind: 'reopen-logs', logPlaces: shown?.places ?? [] });
  for (const app of apps) {
    app.zygotes.sendAll({ kind: 'reopen-logs' });
  }
  log.say('info', 'the logs were opened again');
  setTimeout(() => shown?.end(), SUPERVISOR_LIMITS.shownLogsMs).unref();
}
