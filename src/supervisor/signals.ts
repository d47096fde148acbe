/** Signals become commands in the queue of the one loop that acts. */

export type SignalCommand =
  | 'stop'
  | 'stop-quickly'
  | 'reload'
  | 'add-worker'
  | 'remove-worker'
  | 'reopen-logs'
  | 'not-supported';

/** As gunicorn's, except that INT is graceful like TERM: whoever presses Ctrl-C twice is in a hurry. */
export const SIGNAL_COMMANDS: Readonly<Partial<Record<NodeJS.Signals, SignalCommand>>> = {
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

export function listenForSignals(onCommand: (command: SignalCommand, signal: NodeJS.Signals) => void): void {
  for (const [signal, command] of Object.entries(SIGNAL_COMMANDS)) {
    // The keys are signal names by the type of the table.
    process.on(signal as NodeJS.Signals, () => onCommand(command, signal as NodeJS.Signals));
  }
}
