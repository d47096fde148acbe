/** The command line: picks the command, prints what it has to say, and ends with its exit code. */

import type { Invocation } from './invocation.ts';
import { readInvocation } from './invocation.ts';
import type { Terminal } from './terminal.ts';

type Command = (invocation: Invocation, terminal: Terminal) => Promise<number>;

const COMMANDS: ReadonlyMap<string, () => Promise<Command>> = new Map([
  ['run', async () => (await import('./commands/run.ts')).run],
  ['serve', async () => (await import('./commands/serve.ts')).serve],
  ['check', async () => (await import('./commands/check.ts')).check],
  ['explain', async () => (await import('./commands/explain.ts')).explain],
  ['convert', async () => (await import('./commands/convert.ts')).convert],
  ['status', async () => (await import('./commands/status.ts')).status],
  ['workers', async () => (await import('./commands/workers.ts')).workers],
  ['reload', async () => (await import('./commands/reload.ts')).reload],
  ['stop', async () => (await import('./commands/stop.ts')).stop],
  ['scale', async () => (await import('./commands/scale.ts')).scale],
  ['logs', async () => (await import('./commands/logs.ts')).logs],
  ['trace', async () => (await import('./commands/trace.ts')).trace],
  ['nginx', async () => (await import('./commands/nginx.ts')).nginx],
  ['gunicorn', async () => (await import('./commands/gunicorn.ts')).gunicorn],
  ['uvicorn', async () => (await import('./commands/uvicorn.ts')).uvicorn],
  ['daphne', async () => (await import('./commands/daphne.ts')).daphne],
  ['hypercorn', async () => (await import('./commands/hypercorn.ts')).hypercorn],
  ['uwsgi', async () => (await import('./commands/uwsgi.ts')).uwsgi],
]);

const FAILED = 1;
const USAGE = 2;

/** Why what was asked for could not be printed. */
let lostBy = '';
/** A reader that has seen enough has closed the pipe. */
let hasReader = true;

const terminal: Terminal = {
  out: (text) => {
    lostBy ||= print(1, text);
  },
  get hasReader() {
    return hasReader;
  },
  error: (text) => {
    print(2, text);
  },
  get isWatched() {
    return isTerminal(2);
  },
  get hasColours() {
    return isTerminal(2) && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb';
  },
};

// What prints takes parts of Node only when it needs them: see docs/architecture.md, "What a start loads". Node 18 has no `getBuiltinModule`.

function isTerminal(fd: number): boolean {
  return process.getBuiltinModule('node:tty').isatty(fd);
}

/** Returns the code of the error, or ''. A reader that has seen enough (`| head`) is none. */
function print(fd: number, text: string | Uint8Array): string {
  try {
    const { writeSync } = process.getBuiltinModule('node:fs');
    for (let left = typeof text === 'string' ? Buffer.from(text) : text; left.length > 0; ) {
      left = left.subarray(writeSync(fd, left));
    }
    return '';
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    hasReader &&= fd !== 1 || code !== 'EPIPE';
    return code === 'EPIPE' ? '' : code;
  }
}

async function run({ args, ...surroundings }: Invocation): Promise<number> {
  const [name, ...rest] = args;
  const load = COMMANDS.get(name ?? '');
  if (load !== undefined) {
    return (await load())({ args: rest, ...surroundings }, terminal);
  }
  if (name === '--version' || name === '-V') {
    const { readVersion } = await import('../supervisor/version.ts');
    terminal.out(`portico ${readVersion()}\n`);
    return 0;
  }
  const { MAIN_HELP } = await import('./help/help.ts');
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    terminal.out(MAIN_HELP);
    return name === undefined ? USAGE : 0;
  }
  const { adviseOnCommand } = await import('./dialects/habit-hints.ts');
  const advice = adviseOnCommand(args, { env: surroundings.env, coreCount: 1 });
  if (advice !== undefined) {
    terminal.error(advice);
    return USAGE;
  }
  const { nearestWord } = await import('../config/nearest.ts');
  const nearest = nearestWord(name, COMMANDS.keys());
  const hint = nearest === undefined ? '"portico --help" lists what there is.' : `Did you mean "portico ${nearest}"?`;
  terminal.error(`portico: there is no command "${name}". ${hint}\n`);
  return USAGE;
}

const code = await run(readInvocation(process.argv.slice(2), process.env));
if (lostBy !== '') {
  terminal.error(`portico: the answer could not be written to standard output (${lostBy})\n`);
}
process.exit(lostBy === '' ? code : code || FAILED);
