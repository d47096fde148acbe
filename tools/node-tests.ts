import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { run } from 'node:test';
import { dot, spec } from 'node:test/reporters';
import type { Tally } from './tally.ts';
import { NOTHING } from './tally.ts';

export interface NodeTests {
  readonly include: readonly string[];
  readonly exclude?: readonly string[];
  /** How many files run at once. Tests that measure time run alone. */
  readonly concurrency: number;
  readonly reporter: 'dot' | 'spec';
}

/** A test that takes longer hangs; the slowest real one is a browser's. */
const TEST_TIMEOUT_MS = 180_000;
/** For a file that never lets go of the processor, which no timer of its own can end. */
const FILES_TIMEOUT_MS = 15 * 60_000;

/** Whatever is broken fails in more files than this; what a neighbour's load has done, in one. */
const AGAIN_FILES_MAX = 3;

/** Where the files that import others lie: below the checkout, whose own modules they find. */
const JOINED = resolve('var/tests');

/** Hooks of a file would run for the tests of all files. */
const HOOK = /^(?:before|after)(?:Each)?\(/m;

interface JoinedFiles {
  /** Imports the others. */
  readonly path: string;
  readonly files: readonly string[];
}

/**
 * One file that imports all of these, so that they run in one process: to start Node.js and to load the same modules for each took most of their time. For tests of
 * code that keeps nothing beyond a test. A failure names the file in which the test stands, and that one runs again alone.
 */
export function joinFiles(name: string, patterns: readonly string[]): JoinedFiles {
  const files = globSync([...patterns])
    .filter((file) => !HOOK.test(readFileSync(file, 'utf8')))
    .sort();
  mkdirSync(JOINED, { recursive: true });
  const path = join(JOINED, `${name}.test.ts`);
  writeFileSync(path, files.map((file) => `import ${JSON.stringify(resolve(file))};\n`).join(''));
  return { path, files };
}

/**
 * Runs test files under node:test, each in its own process. A file that fails beside others is run once more, alone: a failure then tells of the code, and not of
 * what the machine did meanwhile. Both results are told, so that a test which hangs on the machine's load is mended and not forgotten.
 */
export async function runNodeTestsAgainAlone(step: string, tests: NodeTests): Promise<Tally> {
  const first = await runNodeTests(step, tests);
  const files = [...new Set(first.notes.flatMap((note) => /^FAILED \w+: (\S+\.test\.ts)/.exec(note)?.[1] ?? []))];
  if (files.length === 0 || files.length > AGAIN_FILES_MAX) return first;
  console.log(`\n${step}: once more, alone: ${files.join(', ')}`);
  const again = await runNodeTests(step, { include: files, concurrency: 1, reporter: 'spec' });
  if (again.failed > 0) return first;
  const notes = first.notes.map((note) => note.replace(/^FAILED/, 'UNSTABLE: passed when it ran again alone, failed'));
  return { passed: first.passed + first.failed, failed: 0, skipped: first.skipped, notes };
}

/** Runs test files under node:test, each in its own process. */
export async function runNodeTests(step: string, tests: NodeTests): Promise<Tally> {
  const files = globSync([...tests.include], { exclude: [...(tests.exclude ?? [])] }).sort();
  if (files.length === 0) return NOTHING;
  const notes: string[] = [];
  const unfinished = new Set(files.map((file) => resolve(file)));
  let counts = { passed: 0, failed: 0, skipped: 0 };
  const events = run({
    files,
    concurrency: tests.concurrency,
    timeout: TEST_TIMEOUT_MS,
    signal: AbortSignal.timeout(FILES_TIMEOUT_MS),
    // A test that failed half-way leaves sockets and timers behind; they must not keep its file waiting.
    execArgv: ['--test-force-exit', `--import=${new URL('./blocking-stdout.ts', import.meta.url).href}`],
  });
  if (tests.reporter === 'dot') events.on('test:stderr', ({ message }) => process.stderr.write(message));
  events.on('test:fail', ({ name, file, details }) => {
    if (details.type !== 'suite') notes.push(`FAILED ${step}: ${file ?? ''} > ${name}`);
  });
  events.on('test:summary', (summary) => {
    if (summary.file !== undefined) {
      unfinished.delete(summary.file);
      return;
    }
    const { tests, passed, skipped, todo } = summary.counts;
    counts = { passed, failed: tests - passed - skipped - todo, skipped: skipped + todo };
  });
  for await (const text of events.compose(tests.reporter === 'dot' ? dot : new spec()))
    process.stdout.write(String(text));
  // A file tells its own summary last: without it, some of its results may be missing.
  for (const file of unfinished) notes.push(`FAILED ${step}: ${file} ended before it had told all its results`);
  return { ...counts, failed: counts.failed + unfinished.size, notes };
}
