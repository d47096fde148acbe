/** The process itself: what it runs as, how many threads it has, where its number stands, and what it may use. */

import type { ProcessSettings } from '../../../model/server-model.ts';
import type { Place } from '../../../place.ts';
import type { Draft } from '../draft.ts';
import { draftKey } from '../draft.ts';
import type { NginxReport } from '../report.ts';
import type { Apply, Row } from '../row.ts';
import { repeatable, row } from '../row.ts';
import type { NginxSurroundings } from '../surroundings.ts';
import { fullName } from '../surroundings.ts';
import { errorLogsOf } from './error-log.ts';

const daemon = draftKey<boolean>('daemon');
const pid = draftKey<string>('pid');
const user = draftKey<SaidUser>('user');
const workerProcesses = draftKey<number | 'auto'>('worker_processes');
const filesMax = draftKey<number>('worker_rlimit_nofile');
const shutdownMs = draftKey<number>('worker_shutdown_timeout');
const connections = draftKey<number>('worker_connections');
const environment = draftKey<readonly string[]>('env');

interface SaidUser {
  readonly name: string;
  readonly group: string;
  readonly place: Place;
}

/** What nginx takes where nothing is said; but it lets connections go on for ever then, where here they have a day. */
const DEFAULTS = {
  pidFile: '/run/nginx.pid',
  user: 'nobody',
  workers: 1,
  connections: 512,
  shutdownMs: 86_400_000,
} as const;
const USER_IGNORED =
  'the "user" directive makes sense only if the master process runs with super-user privileges, ignored';
/** A thread for each core is what helps; a typing error is not to fill the memory with threads. */
const THREADS_MAX = 64;

const keep =
  <T>(key: { readonly name: string; readonly type?: T }, value: (args: Parameters<Apply>[0]) => T): Apply =>
  (args, draft) =>
    draft.set(key, value(args));

export const PROCESS: readonly Row[] = [
  row('daemon', 'main', 'flag', 'Whether the server leaves the terminal it was started from.', {
    apply: keep(daemon, (args) => args.flag(0)),
  }),
  row('master_process', 'main', 'flag', 'Whether workers are processes of their own: here they always are.', {
    apply: () => undefined,
  }),
  row('pid', 'main', 'path', 'The file that holds the number of the main process.', {
    apply: keep(pid, (args) => args.text(0)),
  }),
  row('user', 'main', 'plain [plain]', 'The user, and the group, whose rights the server takes.', {
    apply: keep(user, (args) => ({
      name: args.text(0),
      // As in nginx the group of the same name, which is not always the user's own.
      group: args.text(1) || args.text(0),
      place: args.place(0),
    })),
  }),
  row('worker_processes', 'main', 'plain', 'How many edge threads serve clients: a number, or `auto`.', {
    apply: (args, draft, report) => {
      const text = args.text(0);
      if (text === 'auto') {
        draft.set(workerProcesses, 'auto');
      } else if (/^\d{1,9}$/.test(text)) {
        draft.set(workerProcesses, Number(text));
      } else {
        report('nginx.invalid-value', args.place(0), '"worker_processes" directive invalid value', {
          hint: 'Write a number, or auto.',
        });
      }
    },
  }),
  row('worker_rlimit_nofile', 'main', 'number', 'How many files and sockets may be open.', {
    apply: keep(filesMax, (args) => args.number(0)),
  }),
  row('worker_shutdown_timeout', 'main', 'msec', 'How long connections may go on after the server was told to stop.', {
    apply: keep(shutdownMs, (args) => args.number(0)),
  }),
  row('worker_connections', 'events', 'plain', 'How many connections there may be at a time, for each edge thread.', {
    apply: (args, draft, report) => {
      if (/^\d{1,9}$/.test(args.text(0))) {
        draft.within('main')?.set(connections, Number(args.text(0)));
      } else {
        report(
          'nginx.invalid-value',
          args.place(0),
          `invalid number "${args.text(0)}" in "worker_connections" directive`,
          {
            hint: 'Write a number.',
          },
        );
      }
    },
  }),
  ...repeatable([
    row(
      'env',
      'main',
      'parameter',
      'A variable of the environment that applications see, or one that is set for them.',
      {
        apply: (args, draft) => draft.append(environment, args.text(0)),
      },
    ),
  ]),
];

export interface NginxProcess {
  readonly process: ProcessSettings;
  readonly threads: number;
  readonly connectionsMax: number;
  /** How long connections may go on when the server ends. */
  readonly shutdownMs: number;
  /** `NAME` or `NAME=value`. */
  readonly environment: readonly string[];
}

export function processOf(main: Draft, around: NginxSurroundings, report: NginxReport): NginxProcess {
  const { prefix, coreCount, title } = around;
  const said = main.own(workerProcesses) ?? DEFAULTS.workers;
  const threads = Math.max(1, Math.min(said === 'auto' ? coreCount : said, coreCount, THREADS_MAX));
  const runsAs = userOf(main.own(user), around, report);
  return {
    process: {
      manner: 'nginx',
      title,
      user: runsAs.name,
      group: runsAs.group,
      umask: undefined,
      pidFile: fullName(main.own(pid) ?? DEFAULTS.pidFile, prefix),
      controlSocket: '',
      isDaemon: main.own(daemon) ?? true,
      logFile: '',
      logFormat: 'text',
      logLevel: 'info',
      errorLogs: errorLogsOf(main, around),
      filesMax: main.own(filesMax) ?? 0,
      edgeProgram: '',
      zygoteProgram: '',
    },
    threads,
    connectionsMax: (main.own(connections) ?? DEFAULTS.connections) * threads,
    shutdownMs: main.own(shutdownMs) || DEFAULTS.shutdownMs,
    environment: main.own(environment) ?? [],
  };
}

/** Whom the server is for: nobody else where root has not started it. */
function userOf(
  said: SaidUser | undefined,
  { isRoot, accounts }: NginxSurroundings,
  report: NginxReport,
): { readonly name: string; readonly group: string } {
  if (said === undefined) {
    return { name: isRoot ? DEFAULTS.user : '', group: '' };
  }
  const { name, group, place } = said;
  if (!isRoot) {
    report('nginx.accepted', place, USER_IGNORED, { severity: 'warning' });
    return { name: '', group: '' };
  }
  if (!accounts.hasUser(name)) {
    report('nginx.account', place, `getpwnam("${name}") failed`, {
      hint: /^\d+$/.test(name) ? 'As in nginx this is a name, and no number.' : 'Name a user that this machine has.',
    });
  } else if (!accounts.hasGroup(group)) {
    const hint = 'Without a second word, the group has the name of the user. Name a group that this machine has.';
    report('nginx.account', place, `getgrnam("${group}") failed`, { hint });
  }
  return { name, group };
}
