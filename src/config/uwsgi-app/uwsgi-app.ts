/**
 * What the options of uWSGI say of the processes beside the workers, and of what `import uwsgi` offers, as a part of the model.
 * Each option has one row; what it means is told to nobody else.
 */

import { resolve } from 'node:path';
import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import type { UwsgiApp, UwsgiFarm, UwsgiImport, UwsgiTimer } from '../model/uwsgi-app.ts';
import { keyNames, readKeyValues, wholeNumber } from './key-values.ts';
import { readCache } from './read-cache.ts';
import { readCron, readCron2 } from './read-cron.ts';
import { readDaemon, readDaemon2, readSmartDaemon } from './read-daemon.ts';
import { readExec, readHook } from './read-hook.ts';

/** `value` is 'true' where an option has none. */
export interface UwsgiOption {
  readonly name: string;
  readonly value: string;
}

export interface UwsgiFault {
  readonly option: UwsgiOption;
  readonly fault: string;
}

type Draft = { -readonly [Key in keyof UwsgiApp]: UwsgiApp[Key] };

interface Row {
  readonly names: readonly string[];
  /** Changes the draft, or says what is wrong. */
  readonly read: (
    draft: Draft,
    value: string,
    place: { readonly name: string; readonly cwd: string },
  ) => string | undefined;
}

const MULES_MAX = 256;
const SIGNAL_MAX = 255;
const LOCKS_MAX = 10_000;
const PAGE_BYTES = 4096;
const AREA_BYTES_MAX = 1024 ** 3;
const SECONDS_MAX = 10 ** 9;
/** What a socket pair takes at once, with room to spare. */
const MESSAGE_BYTES_MAX = 1024 * 1024;
const SPOOLER_PROCESSES_MAX = 256;

/** What uWSGI has where nothing is said. */
const NOTHING: Omit<UwsgiApp, 'options'> = {
  mules: [],
  farms: [],
  muleMessageBytes: 65_536,
  muleHarakiri: 0,
  spooler: {
    folders: [],
    processes: 1,
    frequency: 30,
    tasksMax: 0,
    harakiri: 0,
    isOrdered: false,
    isQuiet: false,
    chdir: '',
  },
  caches: [],
  locks: 0,
  sharedAreas: [],
  crons: [],
  timers: [],
  fileSignals: [],
  daemons: [],
  imports: [],
  hooks: [],
};

/** Options that `uwsgiApp` understands: the dialect's table accepts them. */
export function isUwsgiAppOption(name: string): boolean {
  return ROWS.has(name);
}

/** `cwd`: what paths are relative to. `options`: all of the command line and of the files, in their order. */
export function uwsgiApp(
  options: readonly UwsgiOption[],
  cwd: string,
): { readonly app: UwsgiApp; readonly faults: readonly UwsgiFault[] } {
  const draft: Draft = {
    ...NOTHING,
    options: options.map(({ name, value }) => [name, value === 'true' ? true : value]),
  };
  const faults: UwsgiFault[] = [];
  for (const option of options) {
    const fault = ROWS.get(option.name)?.read(draft, option.value, { name: option.name, cwd });
    if (fault !== undefined) {
      faults.push({ option, fault });
    }
  }
  const harakiri = options.findLast(({ name }) => name === 'cron-harakiri');
  const seconds = wholeNumber(harakiri?.value ?? '0') ?? 0;
  return {
    app: { ...draft, crons: draft.crons.map((cron) => ({ ...cron, harakiri: cron.harakiri || seconds })) },
    faults,
  };
}

function row(names: string, read: Row['read']): Row {
  return { names: names.split(' '), read };
}

/** Adds to a list of the draft what the text stands for. */
function adding<Key extends keyof Draft, Item>(
  key: Draft[Key] extends readonly Item[] ? Key : never,
  parse: (value: string, place: { readonly name: string; readonly cwd: string }) => Outcome<Item>,
): Row['read'] {
  return (draft, value, place) => {
    const item = parse(value, place);
    if (!item.ok) {
      return item.fault;
    }
    // The two types are one: `key` is of a list of such items.
    (draft as unknown as Record<Key, readonly Item[]>)[key] = [
      ...(draft[key] as unknown as readonly Item[]),
      item.value,
    ];
    return undefined;
  };
}

function number(least: number, most: number, set: (draft: Draft, value: number) => void): Row['read'] {
  return (draft, value) => {
    const found = wholeNumber(value, least, most);
    if (found === undefined) {
      return `"${value}" is no number from ${least} to ${most}`;
    }
    set(draft, found);
    return undefined;
  };
}

function ofSpooler(part: (value: number) => Partial<UwsgiApp['spooler']>, least: number, most: number): Row['read'] {
  return number(least, most, (draft, value) => {
    draft.spooler = { ...draft.spooler, ...part(value) };
  });
}

function set(change: (draft: Draft, value: string, cwd: string) => void): Row['read'] {
  return (draft, value, { cwd }) => {
    change(draft, value, cwd);
    return undefined;
  };
}

function readFarm(text: string): Outcome<UwsgiFarm> {
  const [, name = '', list = ''] = /^([^:]+):(.+)$/.exec(text) ?? [];
  const mules = list.split(',').map((mule) => wholeNumber(mule.trim(), 1, MULES_MAX) ?? 0);
  return name === '' || mules.includes(0) ? failure(`"${text}" is not NAME:MULE,MULE`) : success({ name, mules });
}

function readTimer(text: string): Outcome<UwsgiTimer> {
  const [signal = '', seconds = ''] = text.trim().split(/\s+/);
  const timer = { signal: wholeNumber(signal, 0, SIGNAL_MAX), seconds: wholeNumber(seconds, 1, SECONDS_MAX) };
  return timer.signal === undefined || timer.seconds === undefined
    ? failure(`"${text}" is not SIGNAL SECONDS`)
    : success({ signal: timer.signal, seconds: timer.seconds });
}

function readFileSignal(text: string, { cwd }: { readonly cwd: string }): Outcome<UwsgiApp['fileSignals'][number]> {
  const [path = '', signal = ''] = text.trim().split(/\s+/);
  const found = wholeNumber(signal, 0, SIGNAL_MAX);
  return found === undefined
    ? failure(`"${text}" is not PATH SIGNAL`)
    : success({ path: resolve(cwd, path), signal: found });
}

const AREA_KEYS = keyNames('pages', 'size');
const AREA_REFUSED = new Map(
  ['file', 'fd', 'ptr', 'offset'].map((key) => [key, 'an area is memory of this server alone. Use the module mmap']),
);

function readArea(text: string): Outcome<number> {
  if (!text.includes('=')) {
    return areaOf(wholeNumber(text, 1), PAGE_BYTES);
  }
  const keys = readKeyValues(text, AREA_KEYS, AREA_REFUSED);
  if (!keys.ok) {
    return keys;
  }
  const size = keys.value.get('size');
  return size === undefined
    ? areaOf(wholeNumber(keys.value.get('pages') ?? '', 1), PAGE_BYTES)
    : areaOf(/^0x[0-9a-f]{1,12}$/i.test(size) ? Number(size) : wholeNumber(size, 1), 1);
}

function areaOf(count: number | undefined, unit: number): Outcome<number> {
  return count === undefined || count * unit > AREA_BYTES_MAX
    ? failure(`an area has from 1 to ${AREA_BYTES_MAX} bytes, in pages of ${PAGE_BYTES} or by size=BYTES`)
    : success(count * unit);
}

function inProcesses(where: UwsgiImport['where']): Row['read'] {
  return adding<'imports', UwsgiImport>('imports', (module) => success({ where, module }));
}

function hooks(): Row[] {
  const phases = ['asap', 'pre-app', 'post-app', 'post-fork', 'accepting', 'accepting1', 'as-mule', 'as-user'];
  const hook = [...phases, 'as-user-atexit', 'touch'].map((phase) =>
    row(
      `hook-${phase}`,
      adding('hooks', (value) => readHook(phase, value)),
    ),
  );
  const exec = ['asap', 'pre-app', 'post-app', 'as-user', 'as-user-atexit'].map((phase) =>
    row(
      `exec-${phase}`,
      adding('hooks', (value) => readExec(phase, value)),
    ),
  );
  return [...hook, ...exec];
}

const ROWS: ReadonlyMap<string, Row> = new Map(
  [
    row(
      'mule',
      set((draft, value, cwd) => {
        const isFile = /\.py$|\//.test(value) && !value.includes(':');
        const program = value === 'true' ? '' : isFile ? resolve(cwd, value) : value;
        draft.mules = [...draft.mules, program];
      }),
    ),
    row(
      'mules',
      number(1, MULES_MAX, (draft, count) => {
        draft.mules = [...draft.mules, ...Array.from({ length: count }, () => '')];
      }),
    ),
    row('farm', adding('farms', readFarm)),
    row(
      'mule-msg-size mule-msg-recv-size',
      number(1, MESSAGE_BYTES_MAX, (draft, bytes) => {
        draft.muleMessageBytes = Math.max(draft.muleMessageBytes, bytes);
      }),
    ),
    row(
      'mule-harakiri',
      number(0, SECONDS_MAX, (draft, seconds) => {
        draft.muleHarakiri = seconds;
      }),
    ),
    row('spooler Q spooler-external', (draft, path, { name, cwd }) => {
      const folder = { path: resolve(cwd, path), isExternal: name === 'spooler-external' };
      draft.spooler = { ...draft.spooler, folders: [...draft.spooler.folders, folder] };
      return undefined;
    }),
    row(
      'spooler-processes',
      ofSpooler((processes) => ({ processes }), 1, SPOOLER_PROCESSES_MAX),
    ),
    row(
      'spooler-frequency spooler-freq',
      ofSpooler((frequency) => ({ frequency }), 1, SECONDS_MAX),
    ),
    row(
      'spooler-max-tasks',
      ofSpooler((tasksMax) => ({ tasksMax }), 0, SECONDS_MAX),
    ),
    row(
      'spooler-harakiri',
      ofSpooler((harakiri) => ({ harakiri }), 0, SECONDS_MAX),
    ),
    row(
      'spooler-ordered',
      set((draft, value) => {
        draft.spooler = { ...draft.spooler, isOrdered: value !== 'false' };
      }),
    ),
    row(
      'spooler-quiet',
      set((draft, value) => {
        draft.spooler = { ...draft.spooler, isQuiet: value !== 'false' };
      }),
    ),
    row(
      'spooler-chdir',
      set((draft, value, cwd) => {
        draft.spooler = { ...draft.spooler, chdir: resolve(cwd, value) };
      }),
    ),
    row('cache2', adding('caches', readCache)),
    row(
      'cache',
      adding('caches', (value) => readCache(`name=default,items=${value}`)),
    ),
    row(
      'locks',
      number(0, LOCKS_MAX, (draft, count) => {
        draft.locks = count;
      }),
    ),
    row('sharedarea A', adding<'sharedAreas', number>('sharedAreas', readArea)),
    row(
      'cron',
      adding('crons', (value) => readCron(value, false)),
    ),
    row(
      'unique-cron',
      adding('crons', (value) => readCron(value, true)),
    ),
    row('cron2', adding('crons', readCron2)),
    row(
      'cron-harakiri',
      number(0, SECONDS_MAX, () => undefined),
    ),
    row('timer signal-timer rbtimer signal-rbtimer', adding('timers', readTimer)),
    row('fs-signal touch-signal', adding('fileSignals', readFileSignal)),
    row(
      'attach-daemon',
      adding('daemons', (value) => success(readDaemon(value, false))),
    ),
    row(
      'attach-control-daemon',
      adding('daemons', (value) => success(readDaemon(value, true))),
    ),
    row(
      'smart-attach-daemon',
      adding('daemons', (value) => readSmartDaemon(value, false)),
    ),
    row(
      'smart-attach-daemon2',
      adding('daemons', (value) => readSmartDaemon(value, true)),
    ),
    row('attach-daemon2', adding('daemons', readDaemon2)),
    row('import py-import python-import pyimport', inProcesses('workers')),
    row('shared-import shared-py-import shared-python-import shared-pyimport', inProcesses('all')),
    row('spooler-import spooler-py-import spooler-python-import spooler-pyimport', inProcesses('spoolers')),
    ...hooks(),
  ].flatMap((entry) => entry.names.map((name): [string, Row] => [name, entry])),
);
