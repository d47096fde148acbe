/** Times as Apache's `%{…}t` writes them, in UTC. */

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
const DAY_MS = 86_400_000;
const SHORT = 3;

type Render = (time: Date) => string;

/** `config/access-format/time-format.ts` has checked that these are all. */
const LETTERS: Readonly<Record<string, Render>> = {
  a: (time) => (DAYS[time.getUTCDay()] ?? '').slice(0, SHORT),
  A: (time) => DAYS[time.getUTCDay()] ?? '',
  b: (time) => (MONTHS[time.getUTCMonth()] ?? '').slice(0, SHORT),
  B: (time) => MONTHS[time.getUTCMonth()] ?? '',
  c: compileStrftime('%a %b %e %H:%M:%S %Y'),
  C: (time) => two(Math.floor(time.getUTCFullYear() / 100)),
  d: (time) => two(time.getUTCDate()),
  D: compileStrftime('%m/%d/%y'),
  e: (time) => String(time.getUTCDate()).padStart(2, ' '),
  F: compileStrftime('%Y-%m-%d'),
  h: (time) => (MONTHS[time.getUTCMonth()] ?? '').slice(0, SHORT),
  H: (time) => two(time.getUTCHours()),
  I: (time) => two(time.getUTCHours() % 12 || 12),
  j: (time) => String(Math.floor((time.getTime() - Date.UTC(time.getUTCFullYear(), 0)) / DAY_MS) + 1).padStart(3, '0'),
  k: (time) => String(time.getUTCHours()).padStart(2, ' '),
  l: (time) => String(time.getUTCHours() % 12 || 12).padStart(2, ' '),
  m: (time) => two(time.getUTCMonth() + 1),
  M: (time) => two(time.getUTCMinutes()),
  p: (time) => (time.getUTCHours() < 12 ? 'AM' : 'PM'),
  P: (time) => (time.getUTCHours() < 12 ? 'am' : 'pm'),
  r: compileStrftime('%I:%M:%S %p'),
  R: compileStrftime('%H:%M'),
  s: (time) => String(Math.floor(time.getTime() / 1000)),
  S: (time) => two(time.getUTCSeconds()),
  T: compileStrftime('%H:%M:%S'),
  u: (time) => String(time.getUTCDay() || DAYS.length),
  w: (time) => String(time.getUTCDay()),
  x: compileStrftime('%m/%d/%y'),
  X: compileStrftime('%H:%M:%S'),
  y: (time) => two(time.getUTCFullYear() % 100),
  Y: (time) => String(time.getUTCFullYear()),
  z: () => '+0000',
  Z: () => 'UTC',
  '%': () => '%',
};

const WORDS: Readonly<Record<string, (atMs: number) => string>> = {
  sec: (atMs) => String(Math.floor(atMs / 1000)),
  msec: (atMs) => String(Math.floor(atMs)),
  usec: (atMs) => String(Math.floor(atMs * 1000)),
  msec_frac: (atMs) => String(Math.floor(atMs) % 1000).padStart(3, '0'),
  usec_frac: (atMs) => String(Math.floor(atMs * 1000) % 1_000_000).padStart(6, '0'),
};

export function compileTime(format: string): (atMs: number) => string {
  const word = Object.hasOwn(WORDS, format) ? WORDS[format] : undefined;
  if (word !== undefined) {
    return word;
  }
  // Strings of the log have a character for each byte.
  const render = compileStrftime(Buffer.from(format).latin1Slice());
  return (atMs) => render(new Date(atMs));
}

function compileStrftime(format: string): Render {
  const parts = [...format.matchAll(/%(.)|[^%]+/gs)].map(([text, letter]): string | { readonly letter: string } =>
    letter === undefined ? text : { letter },
  );
  // The table is looked up at each call, because its own rows are made by this function.
  return (time) =>
    parts.map((part) => (typeof part === 'string' ? part : (LETTERS[part.letter]?.(time) ?? ''))).join('');
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
