/** Times as C's strftime writes them in the C locale: for `config timefmt` and $date_local, $date_gmt. */

import type { Moment } from '../../../kernel/strftime.ts';
import { STRFTIME } from '../../../kernel/strftime.ts';

/** Longer formats give nothing, as where C's buffer ends. */
const LENGTH_MAX = 2048;

export function strftime(format: string, epochMs: number, isGmt: boolean): string {
  const offsetMinutes = isGmt ? 0 : -new Date(epochMs).getTimezoneOffset();
  const moment: Moment = {
    wall: new Date(epochMs + offsetMinutes * 60_000),
    epochMs,
    zone: isGmt ? 'GMT' : zoneName(epochMs),
    offsetMinutes,
  };
  const text = format.replace(/%[EO]?([A-Za-z%+])/g, (whole, letter: string) => STRFTIME[letter]?.(moment) ?? whole);
  return text.length > LENGTH_MAX ? '' : text;
}

/** `CET`; where the zone has no short name, its distance from Greenwich. */
function zoneName(epochMs: number): string {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZoneName: 'short' }).formatToParts(epochMs);
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? 'UTC';
}
