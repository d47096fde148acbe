/**
 * The start of a server in a few lines: where it is, what it serves, with what, and what is to be mended. What a person does not want to read at
 * each start, such as why a folder is left to the application, is said in detail by `--check` and at `--log-level debug`.
 */

import type { PathShape, StaticFolder } from '../../config/model/folders.ts';
import { PAGES } from '../../config/pages.ts';
import { renderHostPort } from '../../kernel/addresses/render-host.ts';
import type { BoundListener } from '../../protocol/control/edge.ts';
import type { AppFacts } from '../../protocol/control/zygote.ts';
import type { Announcement, AppAnnouncement } from '../../supervisor/announcement.ts';
import type { CertificateReport } from '../../supervisor/certificate-keeper.ts';
import type { CheckResult } from '../../supervisor/check.ts';
import type { Row, Summary } from './summary.ts';

export function announce(announcement: Announcement, version: string, isDetailed: boolean): Summary {
  const { listeners, certificates, apps, edgeThreads, isDevelopment, isRoot, startMs, pid } = announcement;
  const isOne = apps.length === 1;
  const edge = isDetailed ? `; ${edgeThreads} edge thread${edgeThreads === 1 ? '' : 's'}` : '';
  const describe = (app: AppAnnouncement): Row[] => {
    const name = isOne ? '' : `${app.id}: `;
    const workers = `${describeWorkers(app, isDetailed)}${isOne ? `${edge}; pid ${pid}` : ''}`;
    return [...(isDetailed ? describeSite(app, name) : sketchSite(app, name)), ['workers', workers]];
  };
  return {
    head: `Portico ${version} is ready (${(startMs / 1000).toFixed(2)} s)`,
    rows: [
      ...listeners.map((listener): Row => ['listening', renderListener(listener)]),
      ...describeTls(certificates),
      ...apps.flatMap(describe),
      ...(isOne ? [] : [['server', `pid ${pid}${edge}`] as const]),
      ...(isDevelopment ? [['reload', 'when files change; tracebacks are shown in the browser'] as const] : []),
    ],
    warnings: warningsOf({ certificates, apps, isRoot: isRoot && apps.length > 0 }),
  };
}

export function announceCheck(found: CheckResult): Summary {
  return {
    head: 'The settings are right and the application can be loaded.',
    rows: [...describeTls(found.certificates), ...describeSite(found, '')],
    warnings: [...found.warnings, ...warningsOf({ certificates: found.certificates, apps: [found], isRoot: false })],
  };
}

type SiteFacts = Omit<CheckResult, 'warnings' | 'certificates'>;

function describeTls(certificates: CertificateReport | undefined): Row[] {
  return certificates === undefined ? [] : [['tls', certificates.summary]];
}

/** `name`: stands before what the application is, where there are several. */
function describeRuntime({ facts, pythonVersion, pythonPath, pythonOrigin }: SiteFacts, name: string): Row[] {
  return [
    ['app', `${name}${describeApp(facts)}`],
    ...(facts?.notes ?? []).map((text): Row => ['note', text]),
    ['python', `${pythonVersion} (${pythonPath}${pythonOrigin === '' ? '' : `, ${pythonOrigin}`})`],
  ];
}

/** All folders in one line: those of the edge, and those about which the application is asked. */
function sketchSite(site: SiteFacts, name: string): Row[] {
  const { mounts, withheld, namedFolders, facts } = site;
  const urls = new Set(
    mounts.map((mount) => (isMedia(mount, facts) ? `${mount.url} (for anyone to read)` : mount.url)),
  );
  const asked = new Set(withheld.map(({ url }) => url));
  const named = namedFolders.map(({ url }) => (url === '' ? 'X-Sendfile' : `X-Accel-Redirect ${url}`));
  const parts = [
    ...(urls.size > 0 ? [[...urls].join(' ')] : []),
    ...(asked.size > 0 ? [`the application is asked about ${[...asked].join(' ')}`] : []),
    ...(named.length > 0 ? [`the application names files by ${named.join(', ')}`] : []),
  ];
  const hint = asked.size > 0 ? ` (why: --check, ${PAGES.static})` : '';
  return [
    ...describeRuntime(site, name),
    ...(parts.length > 0 ? [['static', `${parts.join('; ')}${hint}`] as const] : []),
  ];
}

function describeSite(site: SiteFacts, name: string): Row[] {
  const { facts, mounts, withheld, namedFolders } = site;
  return [
    ...describeRuntime(site, name),
    ...mounts.map((mount) => describeMount(mount, facts)),
    ...withheld.map(({ url, reason }): Row => ['static', `${url} by the application: ${reason}`]),
    ...namedFolders.map(
      ({ url, root }): Row => ['sent', `${url === '' ? 'X-Sendfile' : `X-Accel-Redirect ${url}`} from ${root}`],
    ),
  ];
}

function isMedia({ url, root, missing }: StaticFolder, facts: AppFacts | undefined): boolean {
  return missing === 'next' && facts?.media.some((folder) => folder.url === url && folder.root === root) === true;
}

function describeMount(mount: StaticFolder, facts: AppFacts | undefined): Row {
  const { url, root, hashed, asked = [] } = mount;
  const notes = [
    ...(hashed ? ['hashed names, cached for good'] : []),
    ...(isMedia(mount, facts) ? ['anyone can read these files'] : []),
    ...(asked.length > 0 ? [`the application decides on ${describeShapes(asked)}`] : []),
  ];
  const label = isMedia(mount, facts) ? 'media' : 'static';
  return [label, `${url} from ${root}${notes.length > 0 ? ` (${notes.join('; ')})` : ''}`];
}

/** Shapes of paths that are named before the rest is counted. */
const SHAPES_NAMED_MAX = 3;

function describeShapes(shapes: readonly PathShape[]): string {
  const between: Readonly<Record<PathShape['spans'], string>> = { nothing: '', word: '*', segment: '*', path: '…' };
  const texts = shapes.map(({ prefix, suffix, spans }) => `${prefix}${between[spans]}${suffix}`);
  const named = texts.slice(0, SHAPES_NAMED_MAX).join(', ');
  return texts.length > SHAPES_NAMED_MAX ? `${named} and ${texts.length - SHAPES_NAMED_MAX} more` : named;
}

export function renderListener({ kind, path, address, port, isTls, isStream, speaks }: BoundListener): string {
  if (kind === 'unix') {
    return `${speaks ?? 'unix'}:${path}${isTls ? ' (TLS)' : ''}`;
  }
  const isAny = address === '0.0.0.0' || address === '::';
  const scheme = kind === 'udp' ? 'udp' : isStream ? (isTls ? 'tls' : 'tcp') : isTls ? 'https' : (speaks ?? 'http');
  return `${scheme}://${renderHostPort(address, port)}${isAny ? ' (all addresses)' : ''}`;
}

function describeApp(facts: AppFacts | undefined): string {
  if (facts === undefined) {
    return 'loaded';
  }
  const framework = facts.framework === null ? facts.interface.toUpperCase() : describeFramework(facts);
  return `${facts.app} (${framework})${facts.found === null ? '' : `, ${facts.found}`}`;
}

const NAMES: Readonly<Record<string, string>> = { fastapi: 'FastAPI' };

function describeFramework({ framework, frameworkVersion, settings }: AppFacts): string {
  const name = framework === null ? '' : (NAMES[framework] ?? `${framework[0]?.toUpperCase()}${framework.slice(1)}`);
  const version = frameworkVersion === null ? name : `${name} ${frameworkVersion}`;
  return settings === null ? version : `${version}, settings ${settings}`;
}

function describeWorkers(app: AppAnnouncement, isDetailed: boolean): string {
  const { workers, threads } = app;
  const size = threads === 1 ? `${workers}` : `${workers}, ${threads} threads each`;
  return `${size} (${describeLoading(app, isDetailed)})`;
}

/** Of several reasons one is enough to know what kind they are of. */
function describeLoading({ isPreloaded, unsafeReasons }: AppAnnouncement, isDetailed: boolean): string {
  const [first, ...others] = unsafeReasons;
  if (isPreloaded || first === undefined) {
    return isPreloaded ? 'preloaded' : 'each loads the application';
  }
  const reasons = isDetailed
    ? unsafeReasons.join('; ')
    : `${first}${others.length > 0 ? ` and ${others.length} more` : ''}`;
  return `each loads the application: ${reasons}; ${PAGES.loading}`;
}

interface Warned {
  readonly certificates: CertificateReport | undefined;
  readonly apps: readonly Pick<SiteFacts, 'facts'>[];
  readonly isRoot: boolean;
}

function warningsOf({ certificates, apps, isRoot }: Warned): string[] {
  const root = isRoot ? ['the application runs as root; --user NAME makes it run as somebody else'] : [];
  const ofApps = apps.flatMap(({ facts }) => facts?.warnings ?? []);
  return [...(certificates?.warnings ?? []), ...ofApps, ...root];
}
