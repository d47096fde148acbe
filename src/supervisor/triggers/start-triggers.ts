/** What tells the server what to do beside signals: uWSGI's FIFO, and files that are touched. */

import { statSync } from 'node:fs';
import { SUPERVISOR_LIMITS } from '../limits.ts';
import type { Log } from '../log/log.ts';
import type { PreparedServer } from '../prepare.ts';
import type { SignalCommand } from '../signals.ts';
import { MasterFifo } from './master-fifo.ts';
import { TouchWatch } from './touch-watch.ts';

export function startTriggers(
  { model, identity }: Pick<PreparedServer, 'model' | 'identity'>,
  log: Pick<Log, 'say'>,
  obey: (command: SignalCommand, why: string) => void,
): void {
  const { fifos = [], touched = [] } = model.process.triggers ?? {};
  if (fifos.length > 0) {
    new MasterFifo({ paths: fifos, identity, log, obey }).start();
  }
  if (touched.length > 0) {
    const watch = new TouchWatch({ touched, changedAtMs, obey });
    setInterval(() => watch.look(), SUPERVISOR_LIMITS.touchPollMs).unref();
  }
}

function changedAtMs(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs;
}
