/** Signals become commands in the queue of the one loop that acts. */

import type { Manner } from '../config/model/server-model.ts';

export type SignalCommand =
  /** Twice is `stop-quickly`. */
  | 'stop'
  /** As often as it is said. */
  | 'stop-patiently'
  | 'stop-quickly'
  | 'reload'
  | 'add-worker'
  | 'remove-worker'
  | 'reopen-logs'
  /** The program that is on disk by now is started beside this one. */
  | 'upgrade'
  /** No new connections are taken. */
  | 'rest'
  | 'not-supported';

type Commands = Readonly<Partial<Record<NodeJS.Signals, SignalCommand>>>;

/** As gunicorn's, except that INT is graceful like TERM: whoever presses Ctrl-C twice is in a hurry. */
export const SIGNAL_COMMANDS: Commands = {
  SIGTERM: 'stop',
  SIGINT: 'stop',
  SIGQUIT: 'stop-quickly',
  SIGHUP: 'reload',
  SIGTTIN: 'add-worker',
  SIGTTOU: 'remove-worker',
  SIGUSR1: 'reopen-logs',
  SIGUSR2: 'not-supported',
  SIGWINCH: 'not-supported',
};

/** nginx's: TERM and QUIT are the other way round. A terminal has nothing to say in it. */
const NGINX_COMMANDS: Commands = {
  SIGTERM: 'stop-quickly',
  SIGINT: 'stop-quickly',
  SIGQUIT: 'stop-patiently',
  SIGHUP: 'reload',
  SIGUSR1: 'reopen-logs',
  SIGUSR2: 'upgrade',
  SIGWINCH: 'rest',
};

const MANNERS: Readonly<Record<Manner, Commands>> = { portico: SIGNAL_COMMANDS, nginx: NGINX_COMMANDS };

export function listenForSignals(
  manner: Manner,
  onCommand: (command: SignalCommand, signal: NodeJS.Signals) => void,
): void {
  for (const [signal, command] of Object.entries(MANNERS[manner])) {
    // The keys are signal names by the type of the table.
    process.on(signal as NodeJS.Signals, () => onCommand(command, signal as NodeJS.Signals));
  }
}
