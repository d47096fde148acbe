/** Reads what a Perl test prints (the Test Anything Protocol), and judges it as `prove` does. */

export interface Result {
  readonly verdict: 'passed' | 'failed' | 'skipped';
  /** How many tests the file has run. */
  readonly count: number;
  /** Why it was skipped, or what failed first; '' if it passed. */
  readonly why: string;
}

/** What a process has come to: its exit code, or how it was ended. */
export interface Ended {
  readonly code: number | null;
  readonly isOverdue: boolean;
}

const PLAN = /^1\.\.(\d+)(?:\s*#\s*skip\S*\s*(.*))?$/im;
const LINE = /^(not )?ok\b\s*\d*(?:\s+-)?\s*(.*)$/gim;
/** A test that may fail, or was not run: neither counts as a failure. */
const EXCUSED = /(?:^|\s)#\s*(?:todo|skip)\b/i;
/** What the server says of a configuration that it does not take. */
const REFUSAL = /^.*nginx: \[emerg\] (.*)$/m;
const DIED = /^(?!\s*#)(.*) at \S+ line \d+[.,]/m;

/** `out` is the file's standard output, `err` its standard error. */
export function judge(out: string, err: string, { code, isOverdue }: Ended): Result {
  const plan = PLAN.exec(out);
  const lines = [...out.matchAll(LINE)];
  const count = lines.length;
  const planned = Number(plan?.[1] ?? Number.NaN);
  if (planned === 0) {
    return { verdict: 'skipped', count, why: plan?.[2]?.trim() || 'no reason given' };
  }
  const failed = lines.filter(([, not, name = '']) => not !== undefined && !EXCUSED.test(name));
  const refusal = REFUSAL.exec(err)?.[1];
  const [, , first = ''] = failed[0] ?? [];
  const faults = [
    ...(failed.length > 0
      ? [`${failed.length} of ${planned || count} failed, first: ${first || 'without a name'}`]
      : []),
    ...(isOverdue ? [`did not end in time, after ${count} tests`] : []),
    ...(refusal === undefined ? [] : [refusal]),
    ...(code !== 0 && failed.length === 0 ? [DIED.exec(err)?.[1] ?? `ended with ${code}`] : []),
    ...(count === planned ? [] : [`ran ${count} of ${plan === null ? 'an unknown number of' : planned} tests`]),
  ];
  const isBad = failed.length > 0 || isOverdue || code !== 0 || count !== planned;
  return { verdict: isBad ? 'failed' : 'passed', count, why: isBad ? (faults[0] ?? '') : '' };
}
