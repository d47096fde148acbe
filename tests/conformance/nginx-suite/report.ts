/** The page that says what came of the suite, and what the page before it said of the referee. */

import type { Result } from './tap.ts';

export interface Row {
  readonly file: string;
  readonly needsUpstream: boolean;
  readonly portico: Result;
  /** Why it does not pass, where that is meant. */
  readonly reason?: string | undefined;
  /** Undefined: the referee was never asked about this file. */
  readonly referee: Result | undefined;
}

export interface Report {
  readonly commit: string;
  readonly refereeName: string;
  readonly rows: readonly Row[];
}

const ROW = /^\| (\S+\.t) \| (yes|) ?\| ([^|]*) \| ([^|]*) \| .* \|$/;
const REFEREE_LINE = /^The referee is (.*)\.$/m;
const CELL = /^(passed|failed|skipped)(?: \((\d+)\))?(?:: (.*))?$/;

export function renderReport({ commit, refereeName, rows }: Report): string {
  const asked = rows.filter(({ referee }) => referee?.verdict === 'passed');
  const alone = asked.filter((row) => !row.needsUpstream);
  const line = (what: string, some: readonly Row[]): string =>
    `| ${what} | ${some.length} | ${count(some, 'passed')} | ${count(some, 'failed')} | ${count(some, 'skipped')} |`;
  return `# nginx's own test suite

\`make conformance-nginx NGINX_TESTS=FOLDER\` runs the files of [nginx-tests](https://github.com/nginx/nginx-tests) on what Portico does, as an ordinary user, with
\`portico nginx\` in nginx's place, and writes this page. \`REFEREE=1\` asks nginx itself as well.

The suite's commit is ${commit}.
The referee is ${refereeName}.

| | files | passed | failed | skipped |
|---|---|---|---|---|
${line('all', rows)}
${line('that the referee passes', asked)}
${line('… and need no server behind', alone)}

The number in parentheses is that of the tests in the file. "Behind" is "yes" where a file has requests handed to another server.
Where Portico does not pass what the referee passes, the last column ends with the reason in italics.

| file | behind | referee | Portico | why |
|---|---|---|---|---|
${rows.map(renderRow).join('\n')}
`;
}

function count(rows: readonly Row[], verdict: Result['verdict']): number {
  return rows.filter(({ portico }) => portico.verdict === verdict).length;
}

function renderRow({ file, needsUpstream, portico, reason, referee }: Row): string {
  const why = portico.verdict === 'passed' || reason === undefined ? '' : ` *${reason}*`;
  const theirs = referee === undefined ? '' : renderCell(referee, true);
  return `| ${file} | ${needsUpstream ? 'yes ' : ''}| ${theirs} | ${renderCell(portico, false)} | ${escapeCell(portico.why)}${why} |`;
}

function renderCell({ verdict, count, why }: Result, withReason: boolean): string {
  const number = verdict === 'passed' ? ` (${count})` : '';
  return `${verdict}${number}${withReason && why !== '' ? `: ${escapeCell(why)}` : ''}`;
}

/** Paths of temporary folders differ from run to run, and a bar would begin a cell. */
function escapeCell(text: string): string {
  return text
    .replace(/\S*\/nginx-test-[^/\s"]+/g, 'TESTDIR')
    .replace(/[|<>]/g, ' ')
    .replace(/([*_`[\]])/g, '\\$1');
}

/** What the page says of the referee, by the file; with its name. */
export function readReferee(page: string): { name: string; results: ReadonlyMap<string, Result> } {
  const results = new Map<string, Result>();
  for (const line of page.split('\n')) {
    const [, file = '', , cell = ''] = ROW.exec(line) ?? [];
    const [, verdict, number, why = ''] = CELL.exec(cell) ?? [];
    if (verdict === 'passed' || verdict === 'failed' || verdict === 'skipped') {
      results.set(file, { verdict, count: Number(number ?? 0), why: why.replaceAll('\\', '') });
    }
  }
  return { name: REFEREE_LINE.exec(page)?.[1] ?? 'not known', results };
}
