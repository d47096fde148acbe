// results.md, from what the cases found.

import { renderCode, renderTable } from './markdown.ts';
import type { CaseResult, Goal, Invocation } from './result.ts';

export interface Surroundings {
  /** Of the page, without its ending. */
  readonly name: string;
  readonly date: string;
  readonly rounds: number;
  readonly seconds: number;
  readonly tookMinutes: number;
  /** Name and value, in order. */
  readonly machine: readonly (readonly [string, string])[];
  readonly versions: readonly (readonly [string, string])[];
}

export function renderReport(results: readonly CaseResult[], surroundings: Surroundings): string {
  const { name, date, rounds, seconds, tookMinutes } = surroundings;
  const goals = results.flatMap(({ goals }) => goals);
  return `${[
    '# Portico beside its peers',
    `Written by \`make bench\` on ${date}, in ${tookMinutes} minutes. A figure means something only beside another from the same run.`,
    `![Chart of the figures below](${name}.svg)`,
    '## How it was measured',
    `All servers of a case are started and warmed; then they are measured in turn, ${rounds} rounds of ${seconds} s each (A B C A B C …; fewer where it says so), so that one at a time is under load and what else the machine does falls on all alike. Rates are medians of the rounds. “Portico, times its rate” is the median of the ratios of each round (above 1, Portico is faster), with the quartiles beside it. Processor time is user and system time of all processes of a server, from /proc, divided by the requests of the round. The load (wrk, one thread; for WebSockets a process of Node.js) runs on the same machine, over loopback, and takes its share of the cores.`,
    'Every server runs the same application under the same Python, at the best setting that its documentation names: nginx has a worker for each core and keeps connections to upstreams where their protocol can, gunicorn has its C parser, granian has one blocking thread, ASGI runs on uvloop wherever a server can, nobody writes an access log. Portico runs as it comes, but for the flags that a case needs.',
    '## What was to be reached',
    renderTable({ head: ['goal', 'required', 'measured (quartiles)', ''], rows: goals.map(goalRow) }),
    ...results.flatMap(renderCase),
    '## Machine and versions',
    renderTable({ head: ['machine', ''], rows: surroundings.machine }),
    renderTable({ head: ['program', ''], rows: surroundings.versions }),
    '## Commands',
    'PORT is the port of the server, RUN a folder of its own, PEERS the virtual environment that [setup.sh](setup.sh) makes, FILES the folder with the static files. Servers are started in `bench/apps`, with VIRTUAL_ENV set to PEERS. `bin/portico` is that of the package which `make npm` makes: what is installed is bundled.',
    ...results.flatMap(renderCommands),
    '### Configuration files',
    'As the first case that uses them has them; others differ in the number of processes.',
    ...renderFiles(results.flatMap(({ invocations }) => invocations)),
  ].join('\n\n')}\n`;
}

function goalRow({ what, required, measured, isMet }: Goal): string[] {
  return [what, required, measured, isMet ? 'reached' : '**missed**'];
}

function renderCase({ id, title, text, tables }: CaseResult): string[] {
  return [
    `## ${id}: ${title}`,
    ...text,
    ...tables.flatMap(({ caption, head, rows }) => [`**${caption}**`, renderTable({ head, rows })]),
  ];
}

function renderCommands({ id, title, loads, invocations }: CaseResult): string[] {
  const servers = invocations.map(({ server, commands }) => [`# ${server}`, ...commands].join('\n'));
  return [
    `### ${id}: ${title}`,
    renderCode([...servers, ...(loads.length > 0 ? ['# load', ...loads] : [])].join('\n')),
  ];
}

/** Each file of each server once. */
function renderFiles(invocations: readonly Invocation[]): string[] {
  const files = new Map<string, string>();
  for (const { server, files: own } of invocations) {
    for (const [name, text] of Object.entries(own)) {
      const title = `${server}: ${name}`;
      if (!files.has(title)) files.set(title, text);
    }
  }
  return [...files].map(([title, text]) => `<details><summary>${title}</summary>\n\n${renderCode(text)}\n\n</details>`);
}
