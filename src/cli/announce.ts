/** The start of a server in a few lines: what it serves, where, with what, and what is to be mended. */

import { renderHost } from '../config/bind-address.ts';
import type { Listener, PathShape, StaticMount } from '../protocol/control/edge.ts';
import type { AppFacts } from '../protocol/control/zygote.ts';
import type { Announcement } from '../supervisor/announcement.ts';
import type { CheckResult } from '../supervisor/check.ts';

const LABEL_COLUMN = 11;

type Row = readonly [label: string, text: string];

export function renderAnnouncement(announcement: Announcement, version: string): string {
  const rows: Row[] = [
    ...announcement.listeners.map((listener): Row => ['listening', renderListener(listener)]),
    ...describeSite(announcement),
    ['workers', describeWorkers(announcement)],
    ...(announcement.isDevelopment
      ? [['reload', 'when files change; tracebacks are shown in the browser'] as const]
      : []),
  ];
  const head = `Portico ${version} is ready (${(announcement.startMs / 1000).toFixed(2)} s)`;
  return renderBlock(head, rows, warningsOf(announcement, announcement.isRoot));
}

export function renderCheck(found: CheckResult): string {
  return renderBlock('The settings are right and the application can be loaded.', describeSite(found), [
    ...found.warnings,
    ...warningsOf(found, false),
  ]);
}

function describeSite({
  facts,
  pythonVersion,
  pythonPath,
  mounts,
  withheld,
  namedFolders,
  certificates,
}: Omit<CheckResult, 'warnings'>): Row[] {
  return [
    ...(certificates === undefined ? [] : [['tls', certificates.summary] as const]),
    ['app', describeApp(facts)],
    ['python', `${pythonVersion} (${pythonPath})`],
    ...mounts.map((mount) => describeMount(mount, facts)),
    ...withheld.map(({ url, reason }): Row => ['static', `${url} by the application: ${reason}`]),
    ...namedFolders.map(
      ({ url, root }): Row => ['sent', `${url === '' ? 'X-Sendfile' : `X-Accel-Redirect ${url}`} from ${root}`],
    ),
  ];
}

function describeMount(mount: StaticMount, facts: AppFacts | undefined): Row {
  const { url, root, hashed, missing, asked } = mount;
  const isMedia = missing === 'next' && facts?.media.some((folder) => folder.url === url && folder.root === root);
  const notes = [
    ...(hashed ? ['hashed names, cached for good'] : []),
    ...(isMedia ? ['anyone can read these files'] : []),
    ...(asked.length > 0 ? [`the application decides on ${describeShapes(asked)}`] : []),
  ];
  return [isMedia ? 'media' : 'static', `${url} from ${root}${notes.length > 0 ? ` (${notes.join('; ')})` : ''}`];
}

/** Shapes of paths that are named before the rest is counted. */
const SHAPES_NAMED_MAX = 3;

function describeShapes(shapes: readonly PathShape[]): string {
  const between: Readonly<Record<PathShape['spans'], string>> = { nothing: '', word: '*', segment: '*', path: '…' };
  const texts = shapes.map(({ prefix, suffix, spans }) => `${prefix}${between[spans]}${suffix}`);
  const named = texts.slice(0, SHAPES_NAMED_MAX).join(', ');
  return texts.length > SHAPES_NAMED_MAX ? `${named} and ${texts.length - SHAPES_NAMED_MAX} more` : named;
}

/** A label that repeats is said once. */
function renderBlock(head: string, rows: readonly Row[], warnings: readonly string[]): string {
  const lines = rows.map(
    ([label, text], index) => `  ${(rows[index - 1]?.[0] === label ? '' : label).padEnd(LABEL_COLUMN)}${text}`,
  );
  return `${[head, ...lines, ...warnings.map((text) => `  warning: ${text}`)].join('\n')}\n`;
}

export function renderListener({ kind, path, address, port, isTls }: Listener): string {
  if (kind === 'unix') {
    return `unix:${path}${isTls ? ' (TLS)' : ''}`;
  }
  const isAny = address === '0.0.0.0' || address === '::';
  return `${isTls ? 'https' : 'http'}://${renderHost(address)}:${port}${isAny ? ' (all addresses)' : ''}`;
}

function describeApp(facts: AppFacts | undefined): string {
  if (facts === undefined) {
    return 'loaded';
  }
  const framework = facts.framework === null ? facts.interface.toUpperCase() : describeFramework(facts);
  return `${facts.app} (${framework})`;
}

const NAMES: Readonly<Record<string, string>> = { fastapi: 'FastAPI' };

function describeFramework({ framework, frameworkVersion, settings }: AppFacts): string {
  const name = framework === null ? '' : (NAMES[framework] ?? `${framework[0]?.toUpperCase()}${framework.slice(1)}`);
  const version = frameworkVersion === null ? name : `${name} ${frameworkVersion}`;
  return settings === null ? version : `${version}, settings ${settings}`;
}

function describeWorkers({ workers, threads, edgeThreads, isPreloaded, unsafeReasons }: Announcement): string {
  const size = threads === 1 ? `${workers}` : `${workers}, ${threads} threads each`;
  const reasons = unsafeReasons.length === 0 ? '' : `: ${unsafeReasons.join('; ')}`;
  const loading = isPreloaded ? 'preloaded' : `each loads the application${reasons}`;
  return `${size} (${loading}); ${edgeThreads} edge thread${edgeThreads === 1 ? '' : 's'}`;
}

function warningsOf({ certificates, facts }: Omit<CheckResult, 'warnings'>, isRoot: boolean): string[] {
  const root = isRoot ? ['the application runs as root; --user NAME makes it run as somebody else'] : [];
  return [...(certificates?.warnings ?? []), ...(facts?.warnings ?? []), ...root];
}
