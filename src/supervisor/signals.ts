/** Signals become commands in the queue of the one loop that acts. */

import type { Manner, ProcessSettings, Triggers } from '../config/model/server-model.ts';

export type SignalCommand =
  /** Twice is `stop-quickly`. */
  | 'stop'
  /** As often as it is said. */
  | 'stop-patiently'
  | 'stop-quickly'
  | 'reload'
  /** The workers are killed, and nobody serves until those of the new version are ready. */
  | 'reload-brutally'
  | 'add-worker'
  | 'remove-worker'
  | 'reopen-logs'
  /** The program that is on disk by now is started beside this one. */
  | 'upgrade'
  /** No new connections are taken. */
  | 'rest'
  /** The same in the foreground too; the next one has them taken again. */
  | 'pause'
  /** All workers are let go, until there is a request. */
  | 'go-cheap'
  /** What is known of the workers, into the log. */
  | 'tell-workers';

type Commands = Readonly<Partial<Record<NodeJS.Signals, SignalCommand>>>;

/** As gunicorn's, except that INT is graceful like TERM: whoever presses Ctrl-C twice is in a hurry. */
const PORTICO_COMMANDS: Commands = {
  SIGTERM: 'stop',
  SIGINT: 'stop',
  SIGQUIT: 'stop-quickly',
  SIGHUP: 'reload',
  SIGTTIN: 'add-worker',
  SIGTTOU: 'remove-worker',
  SIGUSR1: 'reopen-logs',
  SIGUSR2: 'upgrade',
  SIGWINCH: 'rest',
};

const GUNICORN_COMMANDS: Commands = { ...PORTICO_COMMANDS, SIGTERM: 'stop-patiently', SIGINT: 'stop-quickly' };

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

/** Those of uWSGI 2.0. With `die-on-term` TERM and QUIT have changed places. */
const UWSGI_COMMANDS: Commands = {
  SIGTERM: 'reload-brutally',
  SIGINT: 'stop-quickly',
  SIGQUIT: 'stop-quickly',
  SIGHUP: 'reload',
  SIGUSR1: 'tell-workers',
  SIGTSTP: 'pause',
};
const UWSGI_TERM_STOPS: Commands = { ...UWSGI_COMMANDS, SIGTERM: 'stop-quickly', SIGQUIT: 'reload-brutally' };
/** With `unix_signal:15 gracefully_kill_them_all`. */
const UWSGI_TERM_ENDS: Commands = { ...UWSGI_COMMANDS, SIGTERM: 'stop' };

const MANNERS: Readonly<Record<Manner, Commands>> = {
  portico: PORTICO_COMMANDS,
  nginx: NGINX_COMMANDS,
  gunicorn: GUNICORN_COMMANDS,
  uwsgi: UWSGI_COMMANDS,
};

/** Whatever the manner, some server heeds them. */
export const HEEDED_SIGNALS: readonly string[] = [
  ...new Set(Object.values(MANNERS).flatMap((commands) => Object.keys(commands))),
];

export function listenForSignals(
  { manner, triggers }: Pick<ProcessSettings, 'manner' | 'triggers'>,
  onCommand: (command: SignalCommand, signal: NodeJS.Signals) => void,
): void {
  const commands = manner === 'uwsgi' ? uwsgiCommands(triggers) : MANNERS[manner];
  for (const [signal, command] of Object.entries(commands)) {
    // The keys are signal names by the type of the table.
    process.on(signal as NodeJS.Signals, () => onCommand(command, signal as NodeJS.Signals));
  }
}

function uwsgiCommands({ termStops = false }: Triggers = {}): Commands {
  if (termStops === 'gently') {
    return UWSGI_TERM_ENDS;
  }
  return termStops ? UWSGI_TERM_STOPS : UWSGI_COMMANDS;
}
