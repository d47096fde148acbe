/** `--attach-daemon COMMAND`, `--smart-attach-daemon PIDFILE[,SECONDS] COMMAND` and `--attach-daemon2 cmd=…,pidfile=…`. */

import { constants } from 'node:os';
import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import type { UwsgiDaemon } from '../model/uwsgi-app.ts';
import { keyNames, readKeyValues, wholeNumber } from './key-values.ts';

/** uWSGI's: how often a pidfile is looked at, in seconds. */
const FREQUENCY_S = 10;
const SIGNAL_MAX = 64;

const PLAIN: Omit<UwsgiDaemon, 'command'> = {
  pidfile: '',
  frequency: FREQUENCY_S,
  daemonizes: false,
  isControl: false,
  stopSignal: constants.signals.SIGTERM,
  reloadSignal: 0,
  touch: [],
  chdir: '',
  throttleMax: 0,
  user: '',
  group: '',
};

const NAMES = keyNames(
  'cmd|command|exec',
  'freq',
  'pidfile',
  'control',
  'daemonize|daemon',
  'touch',
  'stopsignal|stop_signal',
  'reloadsignal|reload_signal',
  'uid',
  'gid',
  'chdir',
  'max_throttle',
);
const REFUSED = new Map([
  ['stdin', 'a daemon has /dev/null as its standard input'],
  ['ns_pid', 'namespaces are the system’s to make: start the daemon as a service of its own'],
  ['notifypid', 'nobody waits for its number'],
]);

export function readDaemon(command: string, isControl: boolean): UwsgiDaemon {
  return { ...PLAIN, command, isControl };
}

export function readSmartDaemon(text: string, daemonizes: boolean): Outcome<UwsgiDaemon> {
  const [, pidfile = '', seconds = String(FREQUENCY_S), command = ''] =
    /^([^\s,]+)(?:,(\d+))?\s+(\S.*)$/s.exec(text) ?? [];
  const frequency = wholeNumber(seconds, 1);
  return command === '' || frequency === undefined
    ? failure(`"${text}" is not PIDFILE[,SECONDS] COMMAND`)
    : success({ ...PLAIN, command, pidfile, frequency, daemonizes });
}

export function readDaemon2(text: string): Outcome<UwsgiDaemon> {
  const keys = readKeyValues(text, NAMES, REFUSED);
  if (!keys.ok) {
    return keys;
  }
  const get = (key: string): string => keys.value.get(key) ?? '';
  const number = (key: string, fallback: number): number | undefined =>
    keys.value.has(key) ? wholeNumber(get(key)) : fallback;
  const frequency = number('freq', FREQUENCY_S);
  const throttleMax = number('max_throttle', 0);
  const stopSignal = signalNumber(get('stopsignal'), PLAIN.stopSignal);
  const reloadSignal = signalNumber(get('reloadsignal'), 0);
  if (get('cmd') === '') {
    return failure('it needs cmd=COMMAND');
  }
  if (frequency === undefined || throttleMax === undefined) {
    return failure('"freq" and "max_throttle" are numbers of seconds');
  }
  if (stopSignal === undefined || reloadSignal === undefined) {
    return failure('"stopsignal" and "reloadsignal" are numbers of Unix signals');
  }
  return success({
    command: get('cmd'),
    pidfile: get('pidfile'),
    frequency: Math.max(1, frequency),
    daemonizes: keys.value.has('daemonize'),
    isControl: keys.value.has('control'),
    stopSignal,
    reloadSignal,
    touch: get('touch') === '' ? [] : get('touch').split(';'),
    chdir: get('chdir'),
    throttleMax,
    user: get('uid'),
    group: get('gid'),
  });
}

function signalNumber(text: string, fallback: number): number | undefined {
  if (text === '') {
    return fallback;
  }
  const named = (constants.signals as Readonly<Record<string, number | undefined>>)[`SIG${text.replace(/^SIG/, '')}`];
  return named ?? wholeNumber(text, 1, SIGNAL_MAX);
}
