/**
 * A line of an error log in nginx's form, which fail2ban, log shippers and people read: `2026/11/21 10:04:33 [error] 17#17: *3 message, client: …`.
 * What a client sent is escaped by whoever makes the message, so that it cannot end the quotation marks that it stands in; a line stays one line here.
 */

/** Gravest first. A log of one level has those before it too. */
export const ERROR_LEVELS = ['emerg', 'alert', 'crit', 'error', 'warn', 'notice', 'info', 'debug'] as const;
export type ErrorLevel = (typeof ERROR_LEVELS)[number];

export interface ErrorLineOrigin {
  readonly pid: number;
  /** Of several edge threads the number; the process's own for its first. */
  readonly tid: number;
}

const RANKS: ReadonlyMap<ErrorLevel, number> = new Map(ERROR_LEVELS.map((level, rank) => [level, rank]));

/** Whether a log that was asked for `least` has lines of `level`. */
export function isLogged(level: ErrorLevel, least: ErrorLevel): boolean {
  return rankOf(level) <= rankOf(least);
}

function rankOf(level: ErrorLevel): number {
  return RANKS.get(level) ?? 0;
}

/** `connection`: the number of the client's connection, 0 for a line that is about none. In local time, with the line feed. */
export function renderErrorLine(
  atMs: number,
  level: ErrorLevel,
  { pid, tid }: ErrorLineOrigin,
  connection: number,
  message: string,
): string {
  const about = connection === 0 ? '' : `*${connection} `;
  return `${renderTime(atMs)} [${level}] ${pid}#${tid}: ${about}${escapeControls(message)}\n`;
}

function renderTime(atMs: number): string {
  const time = new Date(atMs);
  const date = `${time.getFullYear()}/${two(time.getMonth() + 1)}/${two(time.getDate())}`;
  return `${date} ${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const CONTROLS = /[\x00-\x08\x0a-\x1f\x7f]/g;

/** No byte of a longer UTF-8 character is among them, so that text of either kind may be given: Unicode, or latin-1 that stands for bytes. */
function escapeControls(text: string): string {
  return text.replaceAll(
    CONTROLS,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}`,
  );
}
