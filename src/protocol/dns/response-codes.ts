/** Codes of failure in the numbers and words that nginx's log has: those of RFC 1035 4.1.1, and one of the system for answers that do not come. */

export const FORMAT_ERROR = 1;
export const NO_SUCH_NAME = 3;
export const REFUSED = 5;
export const TIMED_OUT = 110;

const WORDS: Readonly<Record<number, string>> = {
  1: 'Format error',
  2: 'Server failure',
  3: 'Host not found',
  4: 'Unimplemented',
  5: 'Operation refused',
  [TIMED_OUT]: 'Operation timed out',
};

/** `3: Host not found` */
export function describeCode(code: number): string {
  return `${code}: ${WORDS[code] ?? 'Unknown error'}`;
}
