/** The formats of time that `%{…}t` of Apache takes: words of its own, or strftime(3) in the C locale. Times are in UTC. */

import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';

/** Apache's words: whole seconds and so on since 1970, and fractions of the second. */
export const TIME_WORDS = ['sec', 'msec', 'usec', 'msec_frac', 'usec_frac'] as const;

/** Letters of strftime(3), but for those of weeks and for white space. */
export const TIME_LETTERS = 'aAbBcCdDeFhHIjklmMpPrRsSTuwxXyYzZ%';

export function checkTimeFormat(format: string): Outcome<string> {
  if (TIME_WORDS.some((word) => word === format)) {
    return success(format);
  }
  for (const [, letter = ''] of format.matchAll(/%(.?)/gs)) {
    if (letter === '' || !TIME_LETTERS.includes(letter)) {
      return failure(`"%${letter}" is no letter of a time here; there are ${TIME_LETTERS.split('').join(' ')}`);
    }
  }
  return success(format);
}
