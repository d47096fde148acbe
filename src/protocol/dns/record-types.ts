/** What can be asked for, and the number that stands for it (RFC 1035 3.2.2, RFC 3596 2.1, RFC 2782). */

export type QuestionType = 'A' | 'AAAA' | 'SRV';

export const QUESTION_TYPES: Readonly<Record<QuestionType, number>> = { A: 1, AAAA: 28, SRV: 33 };

/** Records that lead to another name stand among those that were asked for (RFC 1034 3.6.2; RFC 6672 3.3: one of DNAME has one of CNAME beside it that says what it comes to). */
export const CNAME = 5;
export const DNAME = 39;

/** IN, the only class that is asked for. */
export const INTERNET = 1;
