/** `portico stop` and `portico reload`: tell a server that runs, by its pid file, and wait until it is done. */

import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { parseDuration } from '../../config/setting-values.ts';
import { systemClock } from '../../kernel/clock.ts';
import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import { SIGNAL_HELP } from '../help/signal-help.ts';
import type { Invocation } from '../invocation.ts';
import type { RunningServer } from '../running-server.ts';
import { findServer, listServers, stateOf } from '../running-server.ts';
import type { Terminal } from '../terminal.ts';

interface Order {
  readonly pidFile: string;
  readonly timeoutMs: number;
  readonly isNow: boolean;
}

/** The exit code, and what is printed. */
interface Result {
  readonly code: number;
  readonly text: string;
}

const [DONE, FAILED, USAGE] = [0, 1, 2];
const LOOK_EVERY_MS = 50;
/** Longer than a server takes that is asked for what --graceful-timeout and --start-timeout are without being said. */
const TIMEOUT_MS = 90_000;
const PID_FILE_VARIABLE = 'PORTICO_PID_FILE';

/** Resolves with the exit code. */
export function stop(invocation: Invocation, terminal: Terminal): Promise<number> {
  return run('stop', invocation, terminal, stopServer);
}

/** Resolves with the exit code. */
export function reload(invocation: Invocation, terminal: Terminal): Promise<number> {
  return run('reload', invocation, terminal, reloadServer);
}

async function run(
  name: 'stop' | 'reload',
  { args, env }: Invocation,
  terminal: Terminal,
  act: (server: RunningServer, order: Order) => Promise<Result>,
): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    terminal.out(SIGNAL_HELP[name]);
    return DONE;
  }
  const order = readOrder(name, args, env);
  if (!order.ok) {
    terminal.error(`portico ${name}: ${order.fault}.\n`);
    return USAGE;
  }
  if (!existsSync('/proc/self/stat')) {
    terminal.error(
      `portico ${name}: without /proc it cannot be seen whose number is in the file. Send the signal yourself: TERM stops, HUP reloads.\n`,
    );
    return FAILED;
  }
  const server = findServer(order.value.pidFile);
  if (!server.ok) {
    terminal.error(`portico ${name}: ${server.fault}.\n`);
    return FAILED;
  }
  const { code, text } = await act(server.value, order.value);
  const line = `portico ${name}: ${text}.\n`;
  if (code === DONE) {
    terminal.out(line);
  } else {
    terminal.error(line);
  }
  return code;
}

function readOrder(name: 'stop' | 'reload', args: readonly string[], env: Invocation['env']): Outcome<Order> {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        'pid-file': { type: 'string', short: 'p' },
        // gunicorn's and uWSGI's word.
        pidfile: { type: 'string' },
        timeout: { type: 'string', short: 't' },
        now: { type: 'boolean' },
      },
    });
    const timeout = values.timeout === undefined ? success(TIMEOUT_MS) : parseDuration(0)(values.timeout);
    if (!timeout.ok) {
      return failure(`--timeout: ${timeout.fault}`);
    }
    if (positionals.length > 1 || (name === 'reload' && values.now === true)) {
      return failure(`"portico ${name} --help" says what can be written`);
    }
    const pidFile = values['pid-file'] ?? values.pidfile ?? positionals[0] ?? env[PID_FILE_VARIABLE] ?? '';
    return pidFile === ''
      ? failure(nameFile(name))
      : success({ pidFile, timeoutMs: timeout.value, isNow: values.now === true });
  } catch (error) {
    // parseArgs throws a sentence about an argument that it does not know.
    return failure((error as Error).message.replace(/\.$/, ''));
  }
}

/** Without a file nothing is guessed: the wrong server might be stopped. */
function nameFile(name: string): string {
  const servers = existsSync('/proc') ? listServers() : [];
  const seen = servers.length === 0 ? 'no server is seen on this machine' : `running: ${servers.join('; ')}`;
  return `which server? Start it with "portico serve --pid-file FILE", and write "portico ${name} --pid-file FILE" (${seen}). Under systemd, systemctl does it`;
}

async function stopServer(server: RunningServer, { timeoutMs, isNow }: Order): Promise<Result> {
  const refused = send(server, isNow ? 'SIGQUIT' : 'SIGTERM');
  if (refused !== undefined) {
    return refused;
  }
  const hasEnded = await waitUntil(timeoutMs, () => stateOf(server) === undefined);
  return hasEnded
    ? { code: DONE, text: `process ${server.pid} has stopped` }
    : {
        code: FAILED,
        text: `process ${server.pid} was told to stop, and has not ended within ${timeoutMs / 1000} s: it lets requests finish (--graceful-timeout of the server). --now does not`,
      };
}

async function reloadServer(server: RunningServer, { timeoutMs }: Order): Promise<Result> {
  const before = stateOf(server);
  if (before === undefined || before.isStopping) {
    return { code: FAILED, text: `process ${server.pid} is stopping` };
  }
  const refused = send(server, 'SIGHUP');
  if (refused !== undefined) {
    return refused;
  }
  let now: ReturnType<typeof stateOf> = before;
  const isDecided = await waitUntil(timeoutMs, () => {
    now = stateOf(server);
    return now === undefined || now.isStopping || (now.reloadCount > before.reloadCount && now.reload !== 'runs');
  });
  return judge(now, isDecided, before.reloadCount, timeoutMs);
}

function judge(now: ReturnType<typeof stateOf>, isDecided: boolean, countBefore: number, timeoutMs: number): Result {
  if (now === undefined || now.isStopping) {
    return { code: FAILED, text: 'the server has ended meanwhile' };
  }
  if (!isDecided) {
    const what =
      now.reloadCount > countBefore
        ? 'the application is still being loaded'
        : 'the signal was sent, and no reload has begun';
    return { code: FAILED, text: `${what} after ${timeoutMs / 1000} s` };
  }
  switch (now.reload) {
    case 'done':
      return { code: DONE, text: 'the new version serves' };
    case 'broken':
      return {
        code: FAILED,
        text: 'the application cannot be loaded, and requests get a page that says why (--reload). The log of the server says it too',
      };
    default:
      return {
        code: FAILED,
        text: 'the application cannot be loaded, and the version before it serves on. The log of the server says why',
      };
  }
}

/** Undefined: it was sent. */
function send({ pid }: RunningServer, signal: NodeJS.Signals): Result | undefined {
  try {
    process.kill(pid, signal);
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why =
      code === 'EPERM'
        ? 'belongs to somebody else: only that user or root may signal it'
        : `cannot be signalled (${code})`;
    return { code: FAILED, text: `process ${pid} ${why}` };
  }
}

async function waitUntil(timeoutMs: number, isSo: () => boolean): Promise<boolean> {
  const deadlineMs = systemClock.monotonicMs() + timeoutMs;
  while (!isSo()) {
    if (systemClock.monotonicMs() >= deadlineMs) {
      return false;
    }
    await delay(LOOK_EVERY_MS);
  }
  return true;
}
