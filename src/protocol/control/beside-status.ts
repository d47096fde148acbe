/** What a zygote tells of the processes beside its workers: mules, spoolers, daemons and crons of uWSGI's. */

import type { MessageFields } from './message-fields.ts';

export interface BesideStatus {
  readonly mules: readonly BesideProcess[];
  readonly spoolers: readonly SpoolerStatus[];
  readonly daemons: readonly DaemonStatus[];
  readonly crons: readonly CronStatus[];
  readonly caches: readonly CacheStatus[];
}

export interface BesideProcess {
  readonly name: string;
  /** 0 while it does not run, as of the others. */
  readonly pid: number;
  readonly respawns: number;
}

export interface SpoolerStatus {
  readonly dir: string;
  readonly pid: number;
  readonly respawns: number;
}

export interface DaemonStatus {
  readonly cmd: string;
  readonly pid: number;
  readonly respawns: number;
}

export interface CronStatus {
  /** -1 is any, -N every N. */
  readonly minute: number;
  readonly hour: number;
  readonly day: number;
  readonly month: number;
  readonly week: number;
  readonly command: string;
  readonly unique: number;
  readonly pid: number;
  /** Seconds since 1970; 0 where it does not run. */
  readonly startedAt: number;
}

export interface CacheStatus {
  readonly name: string;
  readonly hash: string;
  readonly hashsize: number;
  readonly keysize: number;
  readonly maxItems: number;
  readonly blocks: number;
  readonly blocksize: number;
  readonly items: number;
  readonly hits: number;
  readonly misses: number;
  readonly full: number;
  /** Seconds since 1970. */
  readonly modifiedAt: number;
}

export function readBesideStatus(fields: MessageFields): BesideStatus {
  return {
    mules: fields.records('mules').map((mule) => ({ name: mule.text('name'), ...processOf(mule) })),
    spoolers: fields.records('spoolers').map((spooler) => ({ dir: spooler.text('dir'), ...processOf(spooler) })),
    daemons: fields.records('daemons').map((daemon) => ({ cmd: daemon.text('cmd'), ...processOf(daemon) })),
    crons: fields.records('crons').map(readCron),
    caches: fields.records('caches').map(readCache),
  };
}

function processOf(fields: MessageFields): { readonly pid: number; readonly respawns: number } {
  return { pid: fields.number('pid'), respawns: fields.number('respawns') };
}

function readCron(fields: MessageFields): CronStatus {
  return {
    minute: fields.integer('minute'),
    hour: fields.integer('hour'),
    day: fields.integer('day'),
    month: fields.integer('month'),
    week: fields.integer('week'),
    command: fields.text('command'),
    unique: fields.number('unique'),
    pid: fields.number('pid'),
    startedAt: fields.number('startedAt'),
  };
}

function readCache(fields: MessageFields): CacheStatus {
  return {
    name: fields.text('name'),
    hash: fields.text('hash'),
    hashsize: fields.number('hashsize'),
    keysize: fields.number('keysize'),
    maxItems: fields.number('maxItems'),
    blocks: fields.number('blocks'),
    blocksize: fields.number('blocksize'),
    items: fields.number('items'),
    hits: fields.number('hits'),
    misses: fields.number('misses'),
    full: fields.number('full'),
    modifiedAt: fields.number('modifiedAt'),
  };
}
