// The rules of the house that no formatter or linter knows. They are data first, so that a change of the layout is a
// change of these tables, in the same commit.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename, posix } from 'node:path';
import { test } from 'node:test';

/** What each folder of src/ may import, beside itself; a file or folder below one may be named alone. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  kernel: [],
  protocol: ['kernel'],
  config: ['kernel'],
  relay: ['kernel', 'protocol'],
  gateway: ['kernel', 'protocol', 'relay'],
  upstream: ['kernel', 'protocol', 'config', 'relay'],
  edge: ['kernel', 'protocol', 'config', 'relay', 'gateway', 'upstream'],
  supervisor: [
    'kernel',
    'config',
    'protocol/control',
    'protocol/ocsp',
    'protocol/tls',
    'upstream/ocsp',
    'upstream/resolver',
  ],
  cli: ['kernel', 'protocol', 'config', 'relay', 'gateway', 'upstream', 'edge', 'supervisor'],
};

/** What a folder below one of these may import beside that. */
const ALSO_MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  // Messages carry the model, or parts of it, as it is. These are types of plain JSON, with no code among them that decides anything.
  'protocol/control': ['config/model'],
};

/** What one version of HTTP needs to be read and written. Whoever handles a request sees HTTP as all versions have it (protocol/http), so that others can carry it. */
const HTTP1_CODEC = 'src/protocol/http1/';
const MAY_KNOW_HTTP1 = /^src\/(protocol\/http1|edge\/transport|upstream\/wires)\//;

/** Code that decides and does nothing else: no I/O, no timers, no process. */
const PURE = /^src\/(kernel|protocol)\/|^src\/gateway\/(serial|concurrent)\/schedule\.ts$|^src\/supervisor\/fleet\//;
const PURE_MAY_IMPORT = new Set(['node:buffer', 'node:assert/strict']);
/** The clock of the machine is read in one file, below. */
const IMPURE_GLOBALS =
  /(?<![.\w])(process\.(?!hrtime\b)|setTimeout\(|setInterval\(|setImmediate\(|fetch\(|queueMicrotask\()/g;

/** The only files beside the pure ones that ask the engine or the system for something, each in one place for edge and supervisor. */
const SHARED: ReadonlySet<string> = new Set([
  'src/kernel/become-user.ts',
  'src/kernel/garbage.ts',
  'src/kernel/random-bytes.ts',
  'src/kernel/syslog-sender.ts',
]);

/** Where `kernel/` and `protocol/` modules are tested that have no test of their own name beside them. */
const TESTED_BY: Readonly<Record<string, string>> = {
  'src/kernel/fake-clock.ts': 'src/kernel/clock.test.ts',
  'src/protocol/dns/fake-response.ts': 'src/protocol/dns/parse-response.test.ts',
  'src/protocol/ocsp/fake-answer.ts': 'src/protocol/ocsp/ocsp-response.test.ts',
  'src/kernel/syslog-sender.ts': 'tests/integration/syslog.test.ts',
};

/** Names that say nothing about what is inside. */
const BANNED_NAMES = /^(utils?|helpers?|common|misc|managers?|services?|base|index)\.(ts|py)$/;

/** The only file that asks what time it is. */
const CLOCK = 'src/kernel/clock.ts';
const TIME_READERS = /\bDate\.now\(|\bnew Date\(\s*\)|\bperformance\.(now\(|timeOrigin)|\bhrtime\b/g;

const FILE_LINES_SOFT_MAX = 250;
/** Tests, which are read a case at a time, may be longer. */
const FILE_LINES_HARD_MAX = 500;

/** Written in two parts, so that this file does not hold what it forbids. */
const LEFT_OVERS = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X'].join('|')})\\b`, 'g');
const FOREIGN = new RegExp(
  [
    ...['registry[.]npm' + 'js', 'py' + 'pi[.]org', 'python' + 'hosted', 'proxy[.]gol' + 'ang', 'deb[.]deb' + 'ian'],
    ...['/wo' + 'rk/', '/fa' + 'rm/', '\\bissue' + ' #?\\d'],
  ].join('|'),
  'gi',
);

interface SourceFile {
  readonly path: string;
  readonly text: string;
  /** Without comments. */
  readonly code: string;
}

const TRACKED = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' })
  .split('\n')
  .filter((path) => path !== '' && existsSync(path));
const CODE = TRACKED.filter((path) => /^(src|python|tests|tools|bench)\/.*\.(ts|py)$/.test(path));
const SOURCES: readonly SourceFile[] = TRACKED.filter((path) => /^src\/.*\.ts$/.test(path)).map((path) => {
  const text = readFileSync(path, 'utf8');
  return { path, text, code: withoutComments(text) };
});
const RUNNING = SOURCES.filter(({ path }) => !path.endsWith('.test.ts'));

test('the folders of src are the layers of the table', () => {
  const layers = new Set(SOURCES.map(({ path }) => layerOf(path)));
  assert.deepEqual([...layers].sort(), Object.keys(MAY_IMPORT).sort());
});

test('imports point downwards', () => {
  const faults = SOURCES.flatMap((file) =>
    importsOf(file)
      .flatMap((target) => resolveImport(file.path, target) ?? [])
      .filter((target) => !mayImport(file.path, target))
      .map((target) => `${file.path} -> ${target}`),
  );
  assert.deepEqual(faults, []);
});

test('only the codec of HTTP/1 and the transport know HTTP/1', () => {
  const faults = RUNNING.filter(({ path }) => !MAY_KNOW_HTTP1.test(path)).flatMap((file) =>
    importsOf(file)
      .flatMap((target) => resolveImport(file.path, target) ?? [])
      .filter((target) => target.startsWith(HTTP1_CODEC))
      .map((target) => `${file.path} -> ${target}`),
  );
  assert.deepEqual(faults, []);
});

test('what is imported exists, is named in full, and can be seen', () => {
  const faults: string[] = [];
  for (const file of SOURCES) {
    for (const target of importsOf(file)) {
      const path = resolveImport(file.path, target);
      if (path !== undefined && !existsSync(path)) faults.push(`${file.path}: no ${path}`);
      if (path !== undefined && !path.startsWith('src/')) faults.push(`${file.path}: ${path} is outside src`);
    }
    // A computed name is a hole in every rule above; an import for its effects hides what it does.
    for (const [hole] of file.code.matchAll(/\b(?:import|require)\((?!')[^)]*\)|^import '[^']*'/gm)) {
      faults.push(`${file.path}: ${hole}`);
    }
  }
  assert.deepEqual(faults, []);
});

test('packages that are imported are dependencies', () => {
  const { dependencies = {} } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    readonly dependencies?: Readonly<Record<string, string>>;
  };
  const faults = RUNNING.flatMap((file) =>
    importsOf(file)
      .filter((target) => !target.startsWith('.') && !target.startsWith('node:'))
      .filter((target) => dependencies[packageOf(target)] === undefined)
      .map((target) => `${file.path} imports ${target}`),
  );
  assert.deepEqual(faults, []);
});

test('no file imports itself, however far around', () => {
  const graph = new Map(
    SOURCES.map((file) => [file.path, importsOf(file).flatMap((target) => resolveImport(file.path, target) ?? [])]),
  );
  assert.deepEqual(findCycles(graph), []);
});

test('no Python module imports itself, however far around, not even for its types', () => {
  const modules = TRACKED.filter((path) => /^python\/portico_worker\/.*\.py$/.test(path));
  const graph = new Map(modules.map((path) => [path, pythonImportsOf(path)]));
  assert.ok([...graph.values()].flat().length > modules.length, 'imports are found');
  assert.deepEqual(findCycles(graph), []);
});

test('pure code performs no I/O', () => {
  const faults: string[] = [];
  for (const file of RUNNING.filter(({ path }) => PURE.test(path) && !SHARED.has(path))) {
    const impure = importsOf(file).filter((target) => target.startsWith('node:') && !PURE_MAY_IMPORT.has(target));
    for (const target of impure) faults.push(`${file.path} imports ${target}`);
    for (const [name] of file.code.matchAll(IMPURE_GLOBALS)) faults.push(`${file.path} uses ${name}`);
  }
  assert.deepEqual(faults, []);
});

test('modules of kernel and protocol have a test beside them', () => {
  const faults = RUNNING.filter(({ path }) => /^src\/(kernel|protocol)\//.test(path))
    .filter(({ code }) => /^export (async )?(function|class)\b/m.test(code))
    .map(({ path }) => TESTED_BY[path] ?? path.replace(/\.ts$/, '.test.ts'))
    .filter((path) => !existsSync(path));
  assert.deepEqual(faults, [], 'these tests are missing');
});

test('time is read in one file', () => {
  const faults = SOURCES.filter(({ path }) => path !== CLOCK).flatMap(({ path, code }) =>
    [...code.matchAll(TIME_READERS)].map(([call]) => `${path} reads the clock: ${call}`),
  );
  assert.deepEqual(faults, []);
});

test('only the command line prints', () => {
  const faults = RUNNING.filter(({ path }) => layerOf(path) !== 'cli')
    .filter(({ code }) => /\bconsole\./.test(code))
    .map(({ path }) => path);
  assert.deepEqual(faults, []);
});

test('no rejection is swallowed without a reason', () => {
  const faults = SOURCES.filter(({ code }) => /\.catch\(\(\w*\) => (\{\s*\}|undefined|null)\)/.test(code));
  assert.deepEqual(
    faults.map(({ path }) => path),
    [],
  );
});

test('files fit a reader', (t) => {
  const lengths = CODE.map((path) => ({ path, lines: lineCount(path) })).sort((a, b) => b.lines - a.lines);
  for (const { path, lines } of lengths.filter((file) => file.lines > FILE_LINES_SOFT_MAX)) {
    t.diagnostic(`${path} has ${lines} lines; ${FILE_LINES_SOFT_MAX} are easier to read`);
  }
  assert.deepEqual(
    lengths.filter(({ path, lines }) => lines > FILE_LINES_HARD_MAX && !isTest(path)),
    [],
  );
});

test('files are named after what is in them', () => {
  assert.deepEqual(
    CODE.filter((path) => BANNED_NAMES.test(basename(path))),
    [],
  );
});

test('nothing is left over', () => {
  assert.deepEqual(findText(CODE, LEFT_OVERS), []);
});

test('no registry, machine path or ticket number is written down', () => {
  const texts = TRACKED.filter((path) => !/\.(png|ico|jpe?g|gif|webp|gz|br|zst|woff2?|svg|pdf|bin)$/.test(path));
  assert.deepEqual(findText(texts, FOREIGN), []);
});

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
}

function layerOf(path: string): string {
  return path.split('/')[1] ?? '';
}

/** Every way in which a module can name another with a literal. */
function importsOf(file: SourceFile): string[] {
  const pattern =
    /\b(?:import|export)\b[^'";]*?\bfrom\s*'([^']+)'|\bimport\s*'([^']+)'|\b(?:import|require)\('([^']+)'\)/g;
  return [...file.code.matchAll(pattern)].map(([, from, effect, call]) => from ?? effect ?? call ?? '');
}

/** The path of an import from a file of ours; undefined for a package or a module of Node. */
function resolveImport(from: string, target: string): string | undefined {
  return target.startsWith('.') ? posix.join(posix.dirname(from), target) : undefined;
}

/** The modules of the worker that a module of it names, wherever it does: in a function, or where types are checked. */
function pythonImportsOf(path: string): string[] {
  const statement = /^ *(?:from (\.*)([\w.]*) import ([\w, ]+|\([^)]*\))|import (portico_worker[\w.]*))/gm;
  return [...readFileSync(path, 'utf8').matchAll(statement)].flatMap(([, dots = '', name = '', list = '', whole]) => {
    const above = dots === '' ? 'python' : posix.join(path, ...dots.split('').fill('..'));
    const target = posix.join(above, (whole ?? name).replaceAll('.', '/'));
    // What is named may be a module in the folder, or something in the module.
    const names = [...list.matchAll(/\w+/g)].map(([word]) => `${posix.join(target, word)}.py`);
    return [`${target}.py`, ...names].filter((each) => existsSync(each));
  });
}

function mayImport(from: string, target: string): boolean {
  const layer = layerOf(from);
  const inside = target.replace(/^src\//, '').replace(/\.ts$/, '');
  const folder = posix.dirname(from).replace(/^src\//, '');
  return [layer, ...(MAY_IMPORT[layer] ?? []), ...(ALSO_MAY_IMPORT[folder] ?? [])].some(
    (name) => inside === name || inside.startsWith(`${name}/`),
  );
}

function packageOf(target: string): string {
  return target.split('/', target.startsWith('@') ? 2 : 1).join('/');
}

/** Depth first; each cycle is told once, from the file where the walk met it. */
function findCycles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const cycles: string[] = [];
  const done = new Set<string>();
  const trail: string[] = [];
  const visit = (path: string): void => {
    const at = trail.indexOf(path);
    if (at >= 0) cycles.push([...trail.slice(at), path].join(' -> '));
    if (at >= 0 || done.has(path)) return;
    trail.push(path);
    for (const next of graph.get(path) ?? []) visit(next);
    trail.pop();
    done.add(path);
  };
  for (const path of graph.keys()) visit(path);
  return cycles;
}

function isTest(path: string): boolean {
  return /\.test\.ts$|\/test_[^/]*\.py$/.test(path);
}

function lineCount(path: string): number {
  return readFileSync(path, 'utf8').split('\n').length - 1;
}

function findText(paths: readonly string[], pattern: RegExp): string[] {
  return paths.flatMap((path) =>
    readFileSync(path, 'utf8')
      .split('\n')
      .flatMap((line, index) => [...line.matchAll(pattern)].map(([found]) => `${path}:${index + 1}: ${found}`)),
  );
}
