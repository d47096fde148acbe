// What one program does with one case: the conversations, then the lines that it has logged of them.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Asked } from './case.ts';
import type { Conversation } from './conversation.ts';
import { converse } from './conversation.ts';
import type { Program } from './program.ts';
import type { Run } from './whole-text.ts';
import { LOGGED, logNames, PLAIN_SEPARATOR, REQUEST_KEY } from './whole-text.ts';

export type LogLine = Readonly<Record<string, string>>;

export interface Observed {
  /** What the program says against the configuration. */
  readonly refusal: string | undefined;
  /** One for each request of the case. */
  readonly conversations: readonly Conversation[];
  /** By the request whose connection they are of. */
  readonly logged: readonly (readonly LogLine[])[];
}

export interface Setting {
  readonly program: Program;
  readonly folder: string;
  readonly run: Run;
  readonly text: string;
}

const LOGGED_MS = 1_500;
const POLL_MS = 10;
const SETTLED_POLLS = 3;

export async function observe({ program, folder, run, text }: Setting, requests: readonly Asked[]): Promise<Observed> {
  const refusal = await program.serve(text, run.firstPort);
  if (refusal !== undefined) return { refusal, conversations: [], logged: [] };
  const conversations: Conversation[] = [];
  const used = new Set<number>();
  for (const asked of requests) {
    const to = { host: run.kind.address, port: run.firstPort + asked.portIndex };
    conversations.push(await converse(to, asked, used));
  }
  const { rich, plain } = logNames(run);
  const lines = await readLines(join(folder, rich), expectedLines(conversations));
  const plainLines = existsSync(join(folder, plain)) ? readFileSync(join(folder, plain), 'latin1').split('\n') : [];
  const logged = conversations.map(({ clientPort }) => {
    const key = `${clientPort}${PLAIN_SEPARATOR}`;
    const ownPlain = plainLines.filter((line) => line.startsWith(key));
    return lines
      .filter((line) => line[REQUEST_KEY] === String(clientPort))
      .map((line, at) => ({ ...line, ...plainValues(ownPlain[at]) }));
  });
  return { refusal, conversations, logged };
}

/** `plain uri` and so on. */
function plainValues(line: string | undefined): LogLine {
  const values = line?.split(PLAIN_SEPARATOR).slice(1) ?? [];
  return Object.fromEntries(values.map((value, at) => [`plain ${LOGGED[at]}`, value]));
}

function expectedLines(conversations: readonly Conversation[]): number {
  return conversations.reduce((sum, { responses }) => sum + responses.length, 0);
}

/** A line is written when its request is over, which may be after its client has seen all of it. */
async function readLines(path: string, count: number): Promise<LogLine[]> {
  let lines: string[] = [];
  let settled = 0;
  for (let waited = 0; waited < LOGGED_MS; waited += POLL_MS) {
    lines = existsSync(path) ? readFileSync(path, 'latin1').split('\n').slice(0, -1) : [];
    // Some requests have a line and no answer: whatever follows is waited for a little.
    if (lines.length >= count) settled += 1;
    if (settled >= SETTLED_POLLS) break;
    // A configuration may log elsewhere, or nothing.
    if (lines.length === 0 && waited > LOGGED_MS / 10) break;
    await sleep(POLL_MS);
  }
  return lines.map((line) => readLine(line));
}

function readLine(line: string): LogLine {
  try {
    return JSON.parse(line) as LogLine;
  } catch {
    return { unreadable: line };
  }
}
