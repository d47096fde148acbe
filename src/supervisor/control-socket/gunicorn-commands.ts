/** The commands of gunicorn's control interface (gunicornc), by their words: what they show, and what they have the server do. */

import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import type { Snapshot, WorkerSnapshot } from '../status/snapshot.ts';

/** What `show` shows is made of a snapshot; all else is an order. */
export type GunicornCommand =
  | { readonly kind: 'show'; readonly what: Shown }
  | { readonly kind: 'add'; readonly count: number }
  | { readonly kind: 'remove'; readonly count: number }
  | { readonly kind: 'kill'; readonly pid: number }
  | { readonly kind: 'reload' }
  | { readonly kind: 'reopen' }
  | { readonly kind: 'help' }
  | { readonly kind: 'dirty' }
  | { readonly kind: 'shutdown'; readonly mode: string };

const SHOWN = ['all', 'workers', 'dirty', 'config', 'stats', 'listeners'] as const;
export type Shown = (typeof SHOWN)[number];

/** Those that gunicornc is shown. */
const CONFIG_KEYS = [
  ...['bind', 'workers', 'worker_class', 'threads', 'timeout', 'graceful_timeout', 'keepalive', 'max_requests'],
  ...['max_requests_jitter', 'worker_connections', 'preload_app', 'daemon', 'pidfile', 'proc_name', 'reload'],
  ...['dirty_workers', 'dirty_apps', 'dirty_timeout', 'control_socket', 'control_socket_disable'],
];

export const GUNICORN_HELP: Readonly<Record<string, string>> = {
  'show all': 'All processes',
  'show workers': 'The workers and their state',
  'show dirty': 'Dirty workers: there are none',
  'show config': 'The settings',
  'show stats': 'Numbers of the server',
  'show listeners': 'Where it listens',
  'worker add [N]': 'N workers more (1)',
  'worker remove [N]': 'N workers fewer (1)',
  'worker kill <PID>': 'Replace a worker when it has finished what it has',
  reload: 'Load the application again (HUP)',
  reopen: 'Open the log files again (USR1)',
  'shutdown [graceful|quick]': 'End the server (TERM, INT)',
  help: 'This list',
};

const NUMBER = /^[+-]?\d{1,9}$/;

/** Fails with what gunicorn says of it. */
export function parseGunicornCommand([verb = '', ...rest]: readonly string[]): Outcome<GunicornCommand> {
  const [word = '', argument] = rest;
  switch (verb.toLowerCase()) {
    case '':
      return failure('Empty command');
    case 'show':
      return parseShown(word.toLowerCase());
    case 'worker':
      return parseWorkerOrder(word.toLowerCase(), argument);
    case 'dirty':
      return /^(?:add|remove)$/i.test(word) ? success({ kind: 'dirty' }) : invalid(`Unknown dirty action: ${word}`);
    case 'reload':
      return success({ kind: 'reload' });
    case 'reopen':
      return success({ kind: 'reopen' });
    case 'help':
      return success({ kind: 'help' });
    case 'shutdown':
      return success({ kind: 'shutdown', mode: word || 'graceful' });
    default:
      return invalid(`Unknown command: ${verb.toLowerCase()}`);
  }
}

function parseShown(word: string): Outcome<GunicornCommand> {
  const what = SHOWN.find((each) => each === word);
  const missing = `Missing show target (${SHOWN.join('|')})`;
  return what === undefined
    ? invalid(word === '' ? missing : `Unknown show target: ${word}`)
    : success({ kind: 'show', what });
}

function parseWorkerOrder(action: string, argument: string | undefined): Outcome<GunicornCommand> {
  if (argument !== undefined && !NUMBER.test(argument)) {
    return invalid(`invalid literal for int() with base 10: '${argument}'`);
  }
  switch (action) {
    case 'add':
    case 'remove':
      return success({ kind: action, count: Math.max(1, Number(argument ?? 1)) });
    case 'kill':
      return argument === undefined
        ? invalid('Missing PID for worker kill')
        : success({ kind: 'kill', pid: Number(argument) });
    case '':
      return invalid('Missing worker action (add|remove|kill)');
    default:
      return invalid(`Unknown worker action: ${action}`);
  }
}

function invalid(why: string): Outcome<never> {
  return failure(`Invalid argument: ${why}`);
}

/** In gunicorn's shapes. A worker has no heartbeat: the edge knows which of its requests is late. */
export function showToGunicorn(what: Shown, snapshot: Snapshot, settings: Readonly<Record<string, unknown>>): object {
  const workers = snapshot.apps.flatMap((app) => app.workers).toSorted((one, other) => one.id - other.id);
  switch (what) {
    case 'all':
      return {
        arbiter: { pid: snapshot.pid, type: 'arbiter', role: 'master' },
        web_workers: workers.map((worker) => ({ ...describe(worker), type: 'web' })),
        web_worker_count: workers.length,
        ...{ dirty_arbiter: null, dirty_workers: [], dirty_worker_count: 0 },
      };
    case 'workers':
      return {
        workers: workers.map((worker) => ({
          ...describe(worker),
          aborted: worker.units.some(({ isStuck }) => isStuck),
        })),
        count: workers.length,
      };
    case 'dirty':
      return { enabled: false, pid: null, workers: [], apps: [] };
    case 'config':
      return Object.fromEntries(CONFIG_KEYS.map((key) => [key, settings[key] ?? null]));
    case 'stats':
      return describeStats(snapshot, workers.length);
    case 'listeners': {
      const listeners = snapshot.listeners.map(({ address }) => ({ address, fd: null, type: typeOf(address) }));
      return { listeners, count: listeners.length };
    }
  }
}

function describe({ pid, id, state }: WorkerSnapshot): object {
  return { pid, age: id, booted: state !== 'starting', last_heartbeat: null };
}

function describeStats({ apps, takenAtMs, startedAtMs, pid, reloadCount }: Snapshot, current: number): object {
  const spawned = apps.flatMap(({ seats }) => seats).reduce((sum, { spawnCount }) => sum + spawnCount, 0);
  return {
    uptime: Math.round((takenAtMs - startedAtMs) / 10) / 100,
    pid,
    workers_current: current,
    workers_target: apps.reduce((sum, { workersWanted }) => sum + workersWanted, 0),
    workers_spawned: spawned,
    workers_killed: Math.max(0, spawned - current),
    reloads: reloadCount,
    dirty_arbiter_pid: null,
  };
}

function typeOf(address: string): string {
  return /^\w*unix:|^\//.test(address) ? 'unix' : address.includes('[') ? 'tcp6' : 'tcp';
}
