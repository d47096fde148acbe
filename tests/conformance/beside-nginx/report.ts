/** The page that says what the run has compared and found. */

import type { Difference } from './compare.ts';
import type { Findings } from './findings.ts';
import type { Meant } from './meant/meant.ts';
import { MEANT } from './meant.ts';

export interface Report {
  readonly nginxName: string;
  readonly seed: number;
  readonly byHand: Findings;
  readonly atRandom: Findings;
}

export function renderReport({ nginxName, seed, byHand, atRandom }: Report): string {
  const line = (what: string, { caseCount, requestCount, unmeant }: Findings): string =>
    `| ${what} | ${caseCount} | ${requestCount} | ${unmeant.length} |`;
  return `# Beside nginx

\`make conformance-beside-nginx\` runs configurations on ${nginxName} and on \`portico nginx\`, sends both the same requests, and compares what a client sees (status, fields, body, framing,
whether the connection is kept) and what is logged, by ${'`'}access_log${'`'} with fifty variables. It writes this page, and fails if there is a difference that is not in the table below.

| configurations | | requests | differences that are not meant |
|---|---|---|---|
${line('written by hand', byHand)}
${line(`at random, from seed ${seed}`, atRandom)}

## Differences that are meant

| what | why | requests |
|---|---|---|
${MEANT.map((meant) => renderMeant(meant, byHand, atRandom)).join('\n')}
${renderUnmeant([...byHand.unmeant, ...atRandom.unmeant])}`;
}

function renderMeant({ id, reason }: Meant, ...all: readonly Findings[]): string {
  const count = all.reduce((sum, { meantRequests }) => sum + (meantRequests.get(id) ?? 0), 0);
  return `| ${escapeCell(id)} | ${escapeCell(reason)} | ${count} |`;
}

function renderUnmeant(differences: readonly Difference[]): string {
  if (differences.length === 0) return '';
  const rows = differences.map(
    ({ case: { name }, request, what, nginx, portico }) =>
      `| ${[name, request, what, nginx, portico].map((text) => escapeCell(clip(text))).join(' | ')} |`,
  );
  return `
## Differences that are not meant

| configuration | request | what | nginx | Portico |
|---|---|---|---|---|
${rows.join('\n')}
`;
}

const SHOWN_MAX = 80;

function clip(text: string): string {
  return text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text;
}

/** A bar would begin a cell, and a line end a row. */
function escapeCell(text: string): string {
  return text
    .replace(/[\p{Cc}]/gu, ' ')
    .replace(/[|<>]/g, (sign) => `&#${sign.charCodeAt(0)};`)
    .replace(/([*_\\[\]])/g, '\\$1');
}
