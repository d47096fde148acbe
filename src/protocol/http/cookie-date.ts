/** Netscape's form of a date, in which cookies end: `Sat, 21-Nov-26 10:04:33 GMT`; years that two digits cannot tell have four. */
export function cookieDate(atMs: number): string {
  const [weekday = '', day = '', month = '', year = '', time = ''] = new Date(atMs).toUTCString().split(' ');
  const written = Number(year) > LAST_SHORT_YEAR ? year : year.slice(2);
  return `${weekday} ${day}-${month}-${written} ${time} GMT`;
}

const LAST_SHORT_YEAR = 2037;

/** The last second that 32 bits can tell, nearly: nginx's `max`. */
export const FAR_COOKIE_DATE = 'Thu, 31-Dec-37 23:55:55 GMT';
