/**
 * nginx's times: `30`, `30s`, `500ms`, `1h 30m`. Units go from the largest to the smallest and none occurs twice; a number without a unit
 * is seconds, and the last. Years and months are units of seconds only, `ms` one of milliseconds only.
 */

const SECOND = 1n;
const MINUTE = 60n;
const HOUR = 60n * MINUTE;
const DAY = 24n * HOUR;

/** In the order in which they may follow each other. */
const UNITS = [
  { unit: 'y', seconds: 365n * DAY },
  { unit: 'M', seconds: 30n * DAY },
  { unit: 'w', seconds: 7n * DAY },
  { unit: 'd', seconds: DAY },
  { unit: 'h', seconds: HOUR },
  { unit: 'm', seconds: MINUTE },
  { unit: 's', seconds: SECOND },
  { unit: 'ms', seconds: 0n },
  // A space behind a number that has no unit: no unit may follow any more.
  { unit: ' ', seconds: SECOND },
] as const;

const MONTHS_ARE_LAST = 1;
const MILLISECONDS = 7;
const SECONDS = 6;
const MAX = 0x7fff_ffff_ffff_ffffn;
/** Of digits and units in a text that is a time. */
const LENGTH_MAX = 256;

/** For timeouts. Undefined for what nginx refuses. */
export function readMilliseconds(text: string): number | undefined {
  return read(text, false);
}

/** For how long something is valid. */
export function readSeconds(text: string): number | undefined {
  return read(text, true);
}

function read(text: string, isSeconds: boolean): number | undefined {
  if (!/\d/.test(text) || text.length > LENGTH_MAX) {
    return undefined;
  }
  const scale = isSeconds ? 1n : 1000n;
  let step = isSeconds ? -1 : MONTHS_ARE_LAST;
  let total = 0n;
  let rest = text;
  while (rest !== '') {
    const [whole = '', digits = '', unit = ''] = /^(\d*)(ms|[yMwdhms ]|$) */.exec(rest) ?? [];
    if (whole === '') {
      return undefined;
    }
    const value = digits === '' ? 0n : BigInt(digits);
    if (unit === '') {
      total += value * scale;
    } else {
      const index = UNITS.findIndex((one) => one.unit === unit);
      const isMilliseconds = index === MILLISECONDS;
      // A space after a unit is skipped with it; alone it ends a number that has none, of seconds.
      const isTooLate = unit === ' ' ? step >= SECONDS : step >= index;
      if (isTooLate || (isMilliseconds && isSeconds)) {
        return undefined;
      }
      step = index;
      total += isMilliseconds ? value : value * (UNITS[index]?.seconds ?? 0n) * scale;
    }
    if (total > MAX || value > MAX) {
      return undefined;
    }
    rest = rest.slice(whole.length);
  }
  return Number(total);
}
