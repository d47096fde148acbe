/** What strftime(3) writes for its letters, in the C locale. */

export interface Moment {
  /** Its fields in UTC are those of the clock on the wall. */
  readonly wall: Date;
  readonly epochMs: number;
  readonly zone: string;
  readonly offsetMinutes: number;
}

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

const two = (value: number): string => String(value).padStart(2, '0');
const spaced = (value: number): string => String(value).padStart(2, ' ');
const hour12 = ({ wall }: Moment): number => wall.getUTCHours() % 12 || 12;
const day = ({ wall }: Moment): string => DAYS[wall.getUTCDay()] ?? '';
const month = ({ wall }: Moment): string => MONTHS[wall.getUTCMonth()] ?? '';
const yearDay = ({ wall }: Moment): number =>
  Math.floor((wall.getTime() - Date.UTC(wall.getUTCFullYear(), 0, 1)) / 86_400_000) + 1;
const half = ({ wall }: Moment): string => (wall.getUTCHours() < 12 ? 'AM' : 'PM');
const clock = ({ wall }: Moment): string =>
  `${two(wall.getUTCHours())}:${two(wall.getUTCMinutes())}:${two(wall.getUTCSeconds())}`;
const shortDate = ({ wall }: Moment): string =>
  `${two(wall.getUTCMonth() + 1)}/${two(wall.getUTCDate())}/${two(wall.getUTCFullYear() % 100)}`;

export const STRFTIME: Readonly<Record<string, (moment: Moment) => string>> = {
  a: (moment) => day(moment).slice(0, 3),
  A: day,
  b: (moment) => month(moment).slice(0, 3),
  B: month,
  c: (moment) =>
    `${day(moment).slice(0, 3)} ${month(moment).slice(0, 3)} ${spaced(moment.wall.getUTCDate())} ${clock(moment)} ${moment.wall.getUTCFullYear()}`,
  C: ({ wall }) => two(Math.floor(wall.getUTCFullYear() / 100)),
  d: ({ wall }) => two(wall.getUTCDate()),
  D: shortDate,
  e: ({ wall }) => spaced(wall.getUTCDate()),
  F: ({ wall }) => `${wall.getUTCFullYear()}-${two(wall.getUTCMonth() + 1)}-${two(wall.getUTCDate())}`,
  h: (moment) => month(moment).slice(0, 3),
  H: ({ wall }) => two(wall.getUTCHours()),
  I: (moment) => two(hour12(moment)),
  j: (moment) => String(yearDay(moment)).padStart(3, '0'),
  k: ({ wall }) => spaced(wall.getUTCHours()),
  l: (moment) => spaced(hour12(moment)),
  m: ({ wall }) => two(wall.getUTCMonth() + 1),
  M: ({ wall }) => two(wall.getUTCMinutes()),
  n: () => '\n',
  p: half,
  P: (moment) => half(moment).toLowerCase(),
  r: (moment) => `${two(hour12(moment))}:${clock(moment).slice(3)} ${half(moment)}`,
  R: (moment) => clock(moment).slice(0, 5),
  s: ({ epochMs }) => String(Math.floor(epochMs / 1000)),
  S: ({ wall }) => two(wall.getUTCSeconds()),
  t: () => '\t',
  T: clock,
  u: ({ wall }) => String(wall.getUTCDay() || 7),
  U: (moment) => two(Math.floor((yearDay(moment) + 6 - moment.wall.getUTCDay()) / 7)),
  w: ({ wall }) => String(wall.getUTCDay()),
  W: (moment) => two(Math.floor((yearDay(moment) + 6 - ((moment.wall.getUTCDay() + 6) % 7)) / 7)),
  x: shortDate,
  X: clock,
  y: ({ wall }) => two(wall.getUTCFullYear() % 100),
  Y: ({ wall }) => String(wall.getUTCFullYear()),
  z: ({ offsetMinutes }) =>
    `${offsetMinutes < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offsetMinutes) / 60))}${two(Math.abs(offsetMinutes) % 60)}`,
  Z: ({ zone }) => zone,
  '%': () => '%',
};
