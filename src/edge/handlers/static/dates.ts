/** HTTP-date, RFC 9110 5.6.7: three forms are read. Writing it is `httpDate` of the clock. Times are whole seconds since 1970. */

import { MONTHS } from '../../../kernel/months.ts';

const MONTH = `(${MONTHS.join('|')})`;
const SHORT_DAY = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const LONG_DAY = '(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)';
const TIME = '([01]\\d|2[0-3]):([0-5]\\d):([0-5]\\d|60)';

const IMF_FIXDATE = new RegExp(`^${SHORT_DAY}, (\\d\\d) ${MONTH} (\\d{4}) ${TIME} GMT$`);
const RFC_850 = new RegExp(`^${LONG_DAY}, (\\d\\d)-${MONTH}-(\\d\\d) ${TIME} GMT$`);
const ASCTIME = new RegExp(`^${SHORT_DAY} ${MONTH} ((?:\\d| )\\d) ${TIME} (\\d{4})$`);

/** Seconds, or undefined for what is not an HTTP-date. The two-digit years of RFC 850 need to know when now is. */
export function parseHttpDate(text: string, nowMs: number): number | undefined {
  const [, imfDay = '', imfMonth = '', imfYear = '', ...imfTime] = IMF_FIXDATE.exec(text) ?? [];
  if (imfDay !== '') {
    return secondsOf(Number(imfYear), imfMonth, imfDay, imfTime);
  }
  const [, day = '', month = '', year = '', ...time] = RFC_850.exec(text) ?? [];
  if (day !== '') {
    return secondsOf(fullYear(Number(year), nowMs), month, day, time);
  }
  const [, cMonth = '', cDay = '', hour = '', minute = '', second = '', cYear = ''] = ASCTIME.exec(text) ?? [];
  return cMonth === '' ? undefined : secondsOf(Number(cYear), cMonth, cDay, [hour, minute, second]);
}

/** RFC 9110 5.6.7: what appears to be more than 50 years ahead is the most recent such year in the past. */
function fullYear(twoDigits: number, nowMs: number): number {
  const thisYear = new Date(nowMs).getUTCFullYear();
  const year = thisYear - (thisYear % 100) + twoDigits;
  return year > thisYear + 50 ? year - 100 : year;
}

function secondsOf(
  year: number,
  month: string,
  day: string,
  [hour, minute, second]: readonly string[],
): number | undefined {
  const midnight = Date.UTC(year, MONTHS.indexOf(month), Number(day));
  // Date.UTC rolls 31 February over into March and takes the years 0 to 99 for 1900 to 1999.
  const date = new Date(midnight);
  if (date.getUTCDate() !== Number(day) || date.getUTCFullYear() !== year) {
    return undefined;
  }
  return midnight / 1000 + Number(hour) * 3600 + Number(minute) * 60 + Number(second);
}
