/** error_log: where errors are written, and from which level on. */

import type { ErrorLevel } from '../../../../kernel/error-line.ts';
import { ERROR_LEVELS } from '../../../../kernel/error-line.ts';
import type { ErrorLog } from '../../../model/logs.ts';
import { nearestWord } from '../../../nearest.ts';
import type { Draft } from '../draft.ts';
import { draftKey } from '../draft.ts';
import type { GivenArguments } from '../given-arguments.ts';
import type { NginxReport } from '../report.ts';
import type { Row } from '../row.ts';
import { repeatable, row } from '../row.ts';
import { fullName } from '../surroundings.ts';
import { isSyslog, readSyslog } from './syslog.ts';

/** As it was written: a relative path is made whole by whoever knows the prefix. */
type Target =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'stderr' }
  | Extract<ErrorLog['sink'], { kind: 'syslog' }>;

interface SaidLog {
  /** Undefined: written nowhere that lasts. */
  readonly target: Target | undefined;
  readonly level: ErrorLevel;
}

const said = draftKey<readonly SaidLog[]>('error_log');

/** nginx's parts of itself whose debug lines can be asked for alone; here they are all of the level. */
const DEBUG_PARTS: ReadonlySet<string> = new Set([
  'debug_core',
  'debug_alloc',
  'debug_mutex',
  'debug_event',
  'debug_http',
  'debug_mail',
  'debug_stream',
]);
const USUAL_LEVEL: ErrorLevel = 'error';

export const ERROR_LOG: readonly Row[] = repeatable([
  row(
    'error_log',
    'main http server location stream stream-server mail mail-server',
    'path [parameter...]',
    'Where errors are written, and from which level on.',
    {
      apply: (args, draft, report) => {
        const level = readLevel(args, report);
        if (level !== undefined) {
          draft.append(said, { target: readTarget(args, report), level });
        }
      },
    },
  ),
]);

/** The logs that hold in a block. `fallback`: where errors go that nothing is said about; '' is standard error. */
export function errorLogsOf(
  draft: Draft,
  { prefix, errorLog }: { prefix: string; errorLog: string },
): readonly ErrorLog[] {
  const logs = draft.get(said);
  if (logs === undefined) {
    const sink: ErrorLog['sink'] =
      errorLog === '' ? { kind: 'stderr' } : { kind: 'file', path: fullName(errorLog, prefix) };
    return [{ sink, level: USUAL_LEVEL }];
  }
  return logs.flatMap(({ target, level }) => {
    if (target === undefined) {
      return [];
    }
    return [{ sink: target.kind === 'file' ? { ...target, path: fullName(target.path, prefix) } : target, level }];
  });
}

/** Undefined: there is a fault. */
function readLevel(args: GivenArguments, report: NginxReport): ErrorLevel | undefined {
  let level: ErrorLevel | undefined;
  let isOfParts = false;
  for (const [at, text] of args.texts(1).entries()) {
    const found = ERROR_LEVELS.find((known) => known === text);
    const isPart = DEBUG_PARTS.has(text);
    if (found === undefined && !isPart) {
      const nearest = nearestWord(text, ERROR_LEVELS);
      report('nginx.invalid-value', args.place(at + 1), `invalid log level "${text}"`, {
        hint: nearest === undefined ? `Write one of: ${ERROR_LEVELS.join(', ')}.` : `Did you mean "${nearest}"?`,
      });
      return undefined;
    }
    if (level !== undefined && !(isOfParts && isPart)) {
      const words = found === undefined ? 'invalid' : 'duplicate';
      report('nginx.invalid-value', args.place(at + 1), `${words} log level "${text}"`, {
        hint: 'A log has one level: graver lines are in it too.',
      });
      return undefined;
    }
    level = found ?? 'debug';
    isOfParts = isPart;
  }
  return level ?? USUAL_LEVEL;
}

function readTarget(args: GivenArguments, report: NginxReport): Target | undefined {
  const text = args.text(0);
  if (text === 'stderr') {
    return { kind: 'stderr' };
  }
  if (text.startsWith('memory:')) {
    report('nginx.accepted', args.place(0), 'lines are kept in no memory here', {
      hint: 'Nothing is written. A file on a tmpfs does what it was for.',
      severity: 'info',
    });
    return undefined;
  }
  return isSyslog(text) ? readSyslog(args, report) : { kind: 'file', path: text };
}
