// Every flag and variable that a page names exists, for the command that it is named with.

import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { DAPHNE } from '../../src/config/dialects/daphne.ts';
import { HYPERCORN } from '../../src/config/dialects/hypercorn.ts';
import type { Dialect } from '../../src/config/dialects/option.ts';
import { UVICORN } from '../../src/config/dialects/uvicorn.ts';
import { UWSGI } from '../../src/config/dialects/uwsgi/uwsgi.ts';
import { HABITS } from '../../src/config/habits.ts';
import { environmentName } from '../../src/config/setting.ts';
import { SETTINGS } from '../../src/config/settings.ts';
import { GUNICORN_SETTINGS, gunicornFlags } from './gunicorn-settings.ts';
import type { Page } from './markdown.ts';
import { readPage } from './markdown.ts';

const PAGES = ['README.md', 'CONTRIBUTING.md', ...globSync('docs/**/*.md', { exclude: ['docs/plans'] }).sort()].map(
  readPage,
);
const HELP = ['--help', '-h', '--version', '-V'];
/** Options of uWSGI that name files of options, or are the language of these: they have no rows. */
const UWSGI_FILES = [
  '--ini',
  '--yaml',
  '--yml',
  '--json',
  '--xml',
  '--include',
  '--inherit',
  '--set',
  '--set-placeholder',
];
/** Of all commands to a server that runs. */
const COMMANDING = [
  ...HELP,
  ...['--pid', '-p', '--pid-file', '--pidfile', '-s', '--socket', '-t', '--timeout', '--json'],
];
const FLAGS: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['serve', new Set([...HELP, ...Object.values(SETTINGS).flatMap(flagsOf)])],
  ['uvicorn', new Set([...HELP, ...optionsOf(UVICORN)])],
  ['daphne', new Set([...HELP, ...optionsOf(DAPHNE)])],
  ['hypercorn', new Set([...HELP, ...optionsOf(HYPERCORN)])],
  ['gunicorn', new Set(gunicornFlags())],
  ['uwsgi', new Set([...HELP, ...optionsOf(UWSGI), ...UWSGI_FILES])],
  ['another server', new Set(HABITS.flatMap(({ names }) => names))],
  ['status', new Set(COMMANDING)],
  ['workers', new Set(COMMANDING)],
  ['stop', new Set([...COMMANDING, '--now', '--quick'])],
  ['reload', new Set(COMMANDING)],
  ['scale', new Set([...COMMANDING, '-a', '--app'])],
  ['logs', new Set([...COMMANDING, '-f', '--follow', '-n', '--lines'])],
  ['trace', new Set(COMMANDING)],
]);
/** The last is set for the application: the name of its worker. */
const VARIABLES = new Set([...Object.values(SETTINGS).map(({ flag }) => environmentName(flag)), 'PORTICO_WORKER']);

/** Flags of these programs are named on pages by themselves; those of others only in their commands. */
const OTHERS: readonly [path: RegExp, commands: readonly string[]][] = [
  [/^docs\/moving\/gunicorn\.md$/, ['gunicorn']],
  [/^docs\/(moving\/uwsgi-module|troubleshooting\/uwsgi)\.md$/, ['uwsgi']],
  [/^docs\/moving\/uwsgi\.md$/, ['uwsgi']],
  [/^docs\/moving\/uvicorn\.md$/, ['uvicorn']],
  [/^docs\/moving\/asgi-servers\.md$/, ['uvicorn', 'daphne', 'hypercorn']],
  [/^docs\/troubleshooting\/commands\.md$/, ['gunicorn', 'uwsgi', 'uvicorn', 'daphne', 'hypercorn']],
  [/^docs\/(guide\/commands|troubleshooting\/commands|control)\.md$/, ['status', 'stop', 'scale', 'logs']],
  [/^docs\/reference\/serve\.md$/, ['another server']],
  [/^docs\/reference\/uwsgi\.md$/, ['uwsgi']],
  [/^docs\/reference\/uvicorn\.md$/, ['uvicorn']],
  [/^docs\/reference\/daphne\.md$/, ['daphne']],
  [/^docs\/reference\/gunicorn\.md$/, ['gunicorn']],
  [/^docs\/reference\/hypercorn\.md$/, ['hypercorn']],
];
/** Flags of docker, node, pip and Python, and a beginning of ours, that stand alone in a sentence about these. */
const FOREIGN: Readonly<Record<string, readonly string[]>> = {
  'docs/deploy/containers.md': ['--init', '--cpus', '--worker-tmp-dir', '--shm-size', '--read-only', '--tmpfs'],
  'docs/architecture.md': ['--init'],
  'docs/install.md': ['-O', '-X', '-W'],
  'docs/troubleshooting/starting.md': ['--tmpfs', '--no', '--no-deps'],
  'CONTRIBUTING.md': ['--test'],
};

interface Command {
  readonly name: string;
  readonly flags: readonly string[];
  readonly at: string;
}

test('every flag in a command of Portico exists', () => {
  const commands = PAGES.flatMap(commandsOf);
  assert.ok(commands.length > 50, `only ${commands.length} commands were found`);
  const faults = commands.flatMap(({ name, flags, at }) =>
    flags.filter((flag) => FLAGS.get(name)?.has(flag) !== true).map((flag) => `${at}: portico ${name} ${flag}`),
  );
  assert.deepEqual(faults, []);
});

test('every flag that is named alone exists', () => {
  const faults = PAGES.flatMap((page) => {
    const others = OTHERS.filter(([path]) => path.test(page.path)).flatMap(([, commands]) => commands);
    const known = [...FLAGS].filter(([name]) => name === 'serve' || others.includes(name)).map(([, flags]) => flags);
    return page.codes.flatMap(({ text, line }) => {
      const [flag] = /^(--[a-z][\w-]*|-[a-zA-Z]\b)(?!…)/.exec(text) ?? [];
      if (flag === undefined || known.some((flags) => flags.has(flag))) return [];
      return FOREIGN[page.path]?.includes(flag) === true ? [] : [`${page.path}:${line}: ${flag}`];
    });
  });
  assert.deepEqual(faults, []);
});

test('every variable of Portico that is named exists', () => {
  const faults = PAGES.flatMap(({ path }) =>
    [...readFileSync(path, 'utf8').matchAll(/\bPORTICO_[A-Z_]+(?![A-Z_…])/g)]
      .filter(([name]) => !VARIABLES.has(name) && !name.endsWith('_'))
      .map(([name]) => `${path}: ${name}`),
  );
  assert.deepEqual(faults, []);
});

test('a pasted line of gunicorn is answered whatever its flags are', () => {
  const known = new Set([...(FLAGS.get('serve') ?? []), ...(FLAGS.get('another server') ?? [])]);
  assert.deepEqual(
    gunicornFlags().filter((flag) => !known.has(flag)),
    [],
  );
});

test('the pages for those who come from uvicorn and gunicorn have each of their options', () => {
  const uvicorn = readFileSync('docs/moving/uvicorn.md', 'utf8');
  const options = UVICORN.options.flatMap(({ names }) => names);
  assert.deepEqual(
    options.filter((name) => name.startsWith('--') && !uvicorn.includes(`\`${name}\``)),
    [],
  );
  const gunicorn = readFileSync('docs/moving/gunicorn.md', 'utf8');
  assert.deepEqual(
    GUNICORN_SETTINGS.flatMap(({ name, flags }) => [name, ...flags.filter((flag) => flag.startsWith('--'))]).filter(
      (name) => !gunicorn.includes(`\`${name}\``),
    ),
    [],
  );
});

function flagsOf({ flag, short }: (typeof SETTINGS)[keyof typeof SETTINGS]): string[] {
  return [`--${flag}`, `--no-${flag}`, ...(short === undefined ? [] : [`-${short}`])];
}

function optionsOf({ options }: Dialect): string[] {
  return options.flatMap(({ names, negation }) => [...names, ...(negation === undefined ? [] : [negation])]);
}

/** Commands in blocks, of whatever language, and in running text; also in the form of a list, as in a Dockerfile. */
function commandsOf(page: Page): Command[] {
  const blocks = page.blocks.flatMap(({ text, line }) =>
    text
      .replaceAll(/\\\n\s*/g, ' ')
      .split('\n')
      .map((code) => ({ code, at: `${page.path}:${line}` })),
  );
  const codes = page.codes.map(({ text, line }) => ({ code: text, at: `${page.path}:${line}` }));
  return [...blocks, ...codes].flatMap(({ code, at }) => {
    const plain = code.replaceAll(/["',[\]]+/g, ' ');
    const [, name, rest = ''] = /\bportico +(serve|uwsgi|uvicorn|daphne|hypercorn)\b(.*)$/.exec(plain) ?? [];
    if (name === undefined) return [];
    const flags = rest.replace(/\s[|&>#].*$|\$\(.*$/, '').match(/(?<=\s)--?[a-zA-Z][\w-]*/g) ?? [];
    return [{ name, flags, at }];
  });
}
