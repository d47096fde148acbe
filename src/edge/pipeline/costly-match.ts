/** A match of a regex was given up, because the client's text would have made it last longer than any request may. The request is answered with 500, as nginx answers at PCRE's limit. */
export class CostlyMatch extends Error {
  /** `pattern`: latin-1 text of the configuration. */
  constructor(pattern: string, subjectLength: number) {
    super(`a match of "${pattern}" was given up: a text of ${subjectLength} bytes makes it go back too often`);
  }
}
