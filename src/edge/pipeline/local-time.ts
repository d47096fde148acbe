/** The time of the machine's zone, as nginx's logs have it. Made once a second: it stands in every line. */

import { MONTHS } from '../../kernel/months.ts';

interface Stamp {
  readonly second: number;
  readonly clf: string;
  readonly iso: string;
}

let stamp: Stamp = { second: Number.NaN, clf: '', iso: '' };

/** `21/Nov/2026:11:04:33 +0100` */
export function clfDateHere(atMs: number): string {
  return stampOf(atMs).clf;
}

/** `2026-11-21T11:04:33+01:00` */
export function isoDateHere(atMs: number): string {
  return stampOf(atMs).iso;
}

function stampOf(atMs: number): Stamp {
  const second = Math.floor(atMs / 1000);
  if (second !== stamp.second) {
    stamp = newStamp(second);
  }
  return stamp;
}

function newStamp(second: number): Stamp {
  const time = new Date(second * 1000);
  const offset = -time.getTimezoneOffset();
  const sign = offset < 0 ? '-' : '+';
  const hours = two(Math.floor(Math.abs(offset) / 60));
  const minutes = two(Math.abs(offset) % 60);
  const clock = `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
  const [day, month, year] = [two(time.getDate()), time.getMonth(), time.getFullYear()];
  return {
    second,
    clf: `${day}/${MONTHS[month]}/${year}:${clock} ${sign}${hours}${minutes}`,
    iso: `${year}-${two(month + 1)}-${day}T${clock}${sign}${hours}:${minutes}`,
  };
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
