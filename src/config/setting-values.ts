/** How the values of settings are written: durations, sizes, counts, choices. Text in, value or one plain sentence out. */

import { isIP } from 'node:net';
import type { Outcome } from '../kernel/outcome.ts';
import { failure, success } from '../kernel/outcome.ts';
import type { UrlFolder } from './model/folders.ts';

const DURATION_UNITS_MS = new Map([
  ['', 1000],
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);
const SIZE_UNITS = new Map([
  ['', 1],
  ['k', 2 ** 10],
  ['m', 2 ** 20],
  ['g', 2 ** 30],
]);
/** What setTimeout can hold; 24 days. */
const DURATION_MS_MAX = 2 ** 31 - 1;

export function parseCount(least: number, most: number): (text: string) => Outcome<number> {
  return (text) => {
    const count = /^\d{1,12}$/.test(text) ? Number(text) : Number.NaN;
    if (Number.isNaN(count)) {
      return failure(`"${text}" is not a whole number`);
    }
    return count < least || count > most ? failure(`${count} is not between ${least} and ${most}`) : success(count);
  };
}

/** Seconds, or with a unit: 500ms, 30s, 5m, 2h, 1d. */
export function parseDuration(leastMs: number): (text: string) => Outcome<number> {
  return (text) => {
    const match = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h|d|)$/.exec(text);
    if (!match) {
      return failure(`"${text}" is not a time. Write seconds, or 500ms, 5m, 2h`);
    }
    const ms = Math.round(Number(match[1]) * (DURATION_UNITS_MS.get(match[2] ?? '') ?? 1000));
    if (ms > DURATION_MS_MAX) {
      return failure(`"${text}" is longer than 24 days, which is the most`);
    }
    return ms < leastMs ? failure(`"${text}" is too short: at least ${renderDuration(leastMs)}`) : success(ms);
  };
}

/** A number in `unit` bytes unless it says otherwise: 500k, 200M, 1G. */
export function parseSize(unit: '' | 'm'): (text: string) => Outcome<number> {
  return (text) => {
    const match = /^(\d{1,9}(?:\.\d{1,3})?)([kmg]?)(?:i?b)?$/.exec(text.toLowerCase());
    if (!match) {
      return failure(`"${text}" is not a size. Write ${unit === 'm' ? 'megabytes' : 'bytes'}, or 500K, 200M, 1G`);
    }
    return success(Math.round(Number(match[1]) * (SIZE_UNITS.get(match[2] === '' ? unit : (match[2] ?? '')) ?? 1)));
  };
}

export function parseChoice<T extends string>(...choices: readonly T[]): (text: string) => Outcome<T> {
  return (text) => {
    const found = choices.find((choice) => choice === text.toLowerCase());
    return found === undefined ? failure(`"${text}" is not one of ${choices.join(', ')}`) : success(found);
  };
}

export function parseText(text: string): Outcome<string> {
  return text === '' ? failure('the value is empty') : success(text);
}

export function parseSwitch(text: string): Outcome<boolean> {
  switch (text.toLowerCase()) {
    case '1':
    case 'true':
    case 'yes':
    case 'on':
      return success(true);
    case '0':
    case 'false':
    case 'no':
    case 'off':
    case '':
      return success(false);
    default:
      return failure(`"${text}" is not a yes or a no. Write 1 or 0`);
  }
}

export function parseOctal(text: string): Outcome<number | undefined> {
  return /^(0o?)?[0-7]{1,4}$/.test(text)
    ? success(Number.parseInt(text.replace(/^0o/, ''), 8))
    : failure(`"${text}" is not an octal number. Write it as in 027`);
}

/** IP addresses, CIDR blocks and `*`, separated by commas. */
export function parsePeers(text: string): Outcome<readonly string[]> {
  const peers = text.split(/[\s,]+/).filter((peer) => peer !== '');
  const wrong = peers.find((peer) => !isPeer(peer));
  return wrong === undefined
    ? success(peers)
    : failure(`"${wrong}" is neither an IP address, nor a block such as 10.0.0.0/8, nor *`);
}

export function parseAssignment(text: string): Outcome<readonly [string, string]> {
  const at = text.indexOf('=');
  return at > 0
    ? success([text.slice(0, at), text.slice(at + 1)] as const)
    : failure(`"${text}" is not of the form KEY=VALUE`);
}

export function parseUrlFolder(text: string): Outcome<UrlFolder> {
  const at = text.indexOf('=');
  const url = text.slice(0, Math.max(0, at));
  const root = text.slice(at + 1);
  if (!url.startsWith('/') || root === '') {
    return failure(`"${text}" is not of the form URL=FOLDER, as in /media/=/srv/site/media`);
  }
  return success({ url: url.endsWith('/') ? url : `${url}/`, root });
}

export function renderDuration(ms: number): string {
  return ms % 1000 === 0 ? `${ms / 1000} s` : `${ms} ms`;
}

function isPeer(peer: string): boolean {
  if (peer === '*') {
    return true;
  }
  const [address = '', bits, ...rest] = peer.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) {
    return false;
  }
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}
