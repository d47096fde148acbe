// The page that says how servers were asked, and what stayed.

import type { Protocol } from './hostile-server.ts';
import type { FaultKind } from './misbehaviours.ts';

export interface Seen {
  readonly endings: ReadonlyMap<string, number>;
  /** Of lines of the error log that name an upstream. */
  readonly words: ReadonlyMap<string, number>;
}

export interface FaultRow {
  readonly kind: FaultKind;
  readonly protocol: Protocol;
  readonly count: number;
  readonly byNginx: Seen;
  readonly byPortico: Seen;
  /** How many more there are behind the requests than before them. */
  readonly openFiles: number;
  readonly memoryMb: number;
  readonly active: number;
  readonly spooled: number;
  /** How requests end that are asked of a server that answers well, when all is over. */
  readonly afterwards: string;
}

/** Of each upstream 16 connections are kept, which come and go. */
const OPEN_FILES_MAX = 20;
/** Of a process that collects its garbage when it likes: a leak of 12 KB a request would be as much. */
export const GROWN_MB_MAX = 120;

/** What is not as it should be. */
export function faultsOf({
  kind,
  byNginx,
  byPortico,
  openFiles,
  memoryMb,
  active,
  spooled,
  afterwards,
}: FaultRow): readonly string[] {
  const [ours, theirs] = [namesOf(byPortico.endings), namesOf(byNginx.endings)];
  return [
    ...(ours === theirs || kind.differs !== undefined || kind.isOurs === true
      ? []
      : [`ends with ${ours}, with nginx ${theirs}`]),
    ...(openFiles <= OPEN_FILES_MAX ? [] : [`${openFiles} descriptors stay`]),
    ...(memoryMb <= GROWN_MB_MAX ? [] : [`${memoryMb.toFixed(1)} MB stay`]),
    ...(active === 0 ? [] : [`${active} requests are counted as active`]),
    ...(afterwards === '200 whole' ? [] : [`requests behind it end with ${afterwards}`]),
    ...(spooled === 0 ? [] : [`${spooled} files stay`]),
    ...(byNginx.words.size === 0 || byPortico.words.size > 0 || kind.differs !== undefined
      ? []
      : ['no line of the log names the server']),
  ];
}

export function namesOf(counts: ReadonlyMap<string, number>): string {
  return [...counts.keys()].sort().join(', ');
}

export function renderReport(
  rows: readonly FaultRow[],
  { startMb, endMb }: { startMb: number; endMb: number },
): string {
  const faults = rows.flatMap((row) => faultsOf(row).map((text) => `${row.protocol}, ${row.kind.what}: ${text}`));
  const total = rows.reduce((sum, { count }) => sum + count, 0);
  const differing = renderNotes(rows);
  return `# Servers that misbehave

\`make conformance-faults\` asks a server that misbehaves in one way after the other, through \`portico nginx\` and, a few times, through Debian's nginx with the same file. Two hundred requests go on at once. A server that is silent has a second.
The page compares how clients end and what the error log says, and what has stayed when all requests of a kind are over: descriptors, memory (the process's own share, with whatever its collector has not given back; a kind behind which it has grown by more than ${GROWN_MB_MAX} MB is asked again, up to twice, and what it has grown the last time is told), requests that the page of upstreams counts as active, files. Where descriptors are few or the disk is full, both programs may open 250 files and have a megabyte for temporary ones. Behind each kind a server that answers well is asked, and has to be heard.

${total.toLocaleString('en')} requests. The edge had ${startMb.toFixed(0)} MB before the first of them and ${endMb.toFixed(0)} MB behind the last. ${faults.length === 0 ? 'No request was left active, and no file and no connection stayed.' : `Not as it should be: ${faults.join('; ')}.`}

| the server | protocol | requests | clients end | with nginx | descriptors | MB |
|---|---|---|---|---|---|---|
${rows.map(renderRow).join('\n')}
${differing}
## What the error log says

| the server | protocol | Portico | nginx |
|---|---|---|---|
${rows.map(({ kind, protocol, byPortico, byNginx }) => `| ${kind.what} | ${protocol} | ${renderWords(byPortico)} | ${renderWords(byNginx)} |`).join('\n')}
`;
}

function renderRow({ kind, protocol, count, byPortico, byNginx, openFiles, memoryMb }: FaultRow): string {
  return `| ${[kind.what, protocol, count, namesOf(byPortico.endings), namesOf(byNginx.endings) || 'not asked', signed(openFiles, 0), signed(memoryMb, 1)].join(' | ')} |`;
}

function renderNotes(rows: readonly FaultRow[]): string {
  const notes = new Map(rows.flatMap(({ kind }) => (kind.differs === undefined ? [] : [[kind.what, kind.differs]])));
  return notes.size === 0
    ? ''
    : `\nDifferences that are meant:\n\n${Array.from(notes, ([what, why]) => `- A server that ${what}: ${why}`).join('\n')}\n`;
}

function signed(value: number, digits: number): string {
  return value > 0 ? `+${value.toFixed(digits)}` : value.toFixed(digits).replace(/^-(0(\.0)?)$/, '$1');
}

function renderWords({ words }: Seen): string {
  return (
    Array.from(words.keys(), (text) => text.replace(/[|<>]/g, (sign) => `&#${sign.charCodeAt(0)};`).slice(0, 160)).join(
      '<br>',
    ) || 'nothing'
  );
}
