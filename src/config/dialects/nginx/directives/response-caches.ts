/** Caches of responses: what is said of them is checked, and that the caches that locations use are there. */

import type { Place } from '../../../place.ts';
import type { Draft, DraftKey } from '../draft.ts';
import { draftKey } from '../draft.ts';
import type { GivenArguments } from '../given-arguments.ts';
import type { NginxReport } from '../report.ts';
import { readOffset, readSize } from '../sizes.ts';
import { readMilliseconds, readSeconds } from '../times.ts';

interface Use {
  readonly directive: string;
  readonly name: string;
  readonly place: Place;
}

/** Said in `http`, each with the protocol of its directive: `proxy one`. */
const CACHES: DraftKey<Set<string>> = draftKey('caches');
const USES: DraftKey<readonly Use[]> = draftKey('uses of caches');

/** nginx wants two pages of memory. */
const KEYS_BYTES_MIN = 8192;
/** `1`, `1:2`, `1:2:2`: how many characters each folder has. */
const LEVELS = /^[12](?::[12]){0,2}$/;

type Check = (value: string) => boolean;

const isCount: Check = (value) => /^\d{1,18}$/.test(value);
const isTime: Check = (value) => readMilliseconds(value) !== undefined;
const isFlag: Check = (value) => value === 'on' || value === 'off';

const PARAMETERS: ReadonlyMap<string, Check> = new Map([
  ['levels', (value: string) => LEVELS.test(value)],
  ['use_temp_path', isFlag],
  ['inactive', (value: string) => readSeconds(value) !== undefined],
  ['max_size', (value: string) => readOffset(value) !== undefined],
  ['min_free', (value: string) => readOffset(value) !== undefined],
  ...['loader_files', 'manager_files', 'purger_files'].map((name) => [name, isCount] as const),
  ...['loader_sleep', 'loader_threshold', 'manager_sleep', 'manager_threshold', 'purger_sleep', 'purger_threshold'].map(
    (name) => [name, isTime] as const,
  ),
  ['purger', isFlag],
]);

/** `proxy_cache_path` and its kin. */
export function definesCache(args: GivenArguments, draft: Draft, report: NginxReport): void {
  let name: string | undefined;
  for (const [index, text] of args.texts(1).entries()) {
    const [key = '', ...values] = text.split('=');
    const value = values.join('=');
    const check = PARAMETERS.get(key);
    const fault =
      key === 'keys_zone'
        ? keysFault(value, text)
        : check === undefined || !text.includes('=')
          ? `invalid parameter "${text}"`
          : check(value)
            ? undefined
            : wordsOf(key, text);
    if (fault !== undefined) {
      report('nginx.invalid-value', args.place(index + 1), fault, {
        hint: 'Write /folder levels=1:2 keys_zone=name:10m max_size=1g inactive=60m.',
      });
      return;
    }
    name = key === 'keys_zone' ? value.slice(0, value.indexOf(':')) : name;
  }
  if (name === undefined) {
    const message = `"${args.directive.text}" must have "keys_zone" parameter`;
    report('nginx.invalid-value', args.directive.place, message, { hint: 'Write keys_zone=name:10m.' });
    return;
  }
  const caches = draft.own(CACHES) ?? new Set<string>();
  draft.set(CACHES, caches);
  const key = `${protocolOf(args.directive.text)} ${name}`;
  if (caches.has(key)) {
    report('nginx.duplicate', args.directive.place, `duplicate zone "${name}"`);
  }
  caches.add(key);
}

function wordsOf(key: string, text: string): string {
  const words = key === 'levels' ? `invalid "levels" "${text}"` : `invalid ${key} value "${text}"`;
  return key === 'use_temp_path' ? `${words}, it must be "on" or "off"` : words;
}

function keysFault(value: string, text: string): string | undefined {
  const [, name = '', size = ''] = /^([^:]+):(.*)$/.exec(value) ?? [];
  const bytes = name === '' ? undefined : readSize(size);
  if (bytes === undefined) {
    return `invalid keys zone size "${text}"`;
  }
  return bytes < KEYS_BYTES_MIN ? `keys zone "${name}" is too small` : undefined;
}

/** `proxy_cache` and its kin. A name with variables is known only when a request comes. */
export function usesCache(args: GivenArguments, draft: Draft, report: NginxReport): void {
  const name = args.text(0);
  if (name === '') {
    report('nginx.invalid-value', args.place(0), 'zone name is empty');
  } else if (name !== 'off' && !name.includes('$')) {
    draft.within('http')?.append(USES, { directive: args.directive.text, name, place: args.place(0) });
  }
}

export function checkCaches(http: Draft, report: NginxReport): void {
  const caches = http.own(CACHES);
  for (const { directive, name, place } of http.own(USES) ?? []) {
    if (caches?.has(`${protocolOf(directive)} ${name}`) !== true) {
      report('nginx.conflict', place, `"${directive}" zone "${name}" is unknown`, {
        hint: `Write ${directive}_path /folder keys_zone=${name}:10m; in "http".`,
      });
    }
  }
}

/** `proxy_cache_path` and `proxy_cache` are of `proxy`. */
function protocolOf(directive: string): string {
  return directive.slice(0, directive.indexOf('_'));
}

const STATUS_MIN = 100;
const STATUS_MAX = 599;

/** `proxy_cache_valid` and its kin: statuses, and behind them a time. */
export function keepsFor(args: GivenArguments, _: Draft, report: NginxReport): void {
  const last = args.count - 1;
  if (readSeconds(args.text(last)) === undefined) {
    report('nginx.invalid-value', args.place(last), `invalid time value "${args.text(last)}"`, {
      hint: 'Last comes a time, as in 10m.',
    });
    return;
  }
  for (const [at, text] of args.texts().slice(0, last).entries()) {
    const status = /^\d{1,3}$/.test(text) ? Number(text) : 0;
    if (text !== 'any' && (status < STATUS_MIN || status > STATUS_MAX)) {
      report('nginx.invalid-value', args.place(at), `invalid status "${text}"`, {
        hint: 'Before the time come statuses, or "any".',
      });
    }
  }
}
