/** Bodies of requests as files: where they are, and whether each body is one, for a server behind that is told its name. */

import type { BodyFiles } from '../../../model/bodies.ts';
import type { Draft, DraftKey } from '../draft.ts';
import { draftKey } from '../draft.ts';
import type { GivenArguments } from '../given-arguments.ts';
import type { NginxReport } from '../report.ts';
import type { Row } from '../row.ts';
import { accepted, row } from '../row.ts';
import { fullName } from '../surroundings.ts';
import { HTTP } from './contexts.ts';
import { keep } from './keep.ts';

interface SaidFolder {
  readonly path: string;
  readonly levels: readonly number[];
}

const manner: DraftKey<string> = draftKey('client_body_in_file_only');
const folder: DraftKey<SaidFolder> = draftKey('client_body_temp_path');

const BODIES =
  'Bodies stay in memory as far as the budget of the whole server goes, and behind that in files of $TMPDIR or /var/tmp.';
const USUAL_FOLDER = 'client_body_temp';
const LEVEL_MAX = 3;

export const BODY_FILE_ROWS: readonly Row[] = [
  ...accepted(`${BODIES} This folder is for the files of client_body_in_file_only alone.`, [
    row(
      'client_body_temp_path',
      HTTP,
      'path [number] [number] [number]',
      'The folder of bodies that are files by client_body_in_file_only.',
      { apply: readFolder },
    ),
  ]),
  ...accepted(BODIES, [row('client_body_in_single_buffer', HTTP, 'flag', 'Whether a body is kept in one piece.')]),
  row(
    'client_body_in_file_only',
    HTTP,
    'off|on|clean',
    'Whether every body for a server behind is written to a file.',
    {
      apply: keep(manner, (args) => args.word(0)),
    },
  ),
];

function readFolder(args: GivenArguments, draft: Draft, report: NginxReport): void {
  const levels = args.texts(1).map(Number);
  const odd = levels.findIndex((level) => level < 1 || level > LEVEL_MAX);
  if (odd !== -1) {
    report('nginx.invalid-value', args.place(odd + 1), `invalid value "${args.text(odd + 1)}"`, {
      hint: `So many digits name a folder: 1, 2 or ${LEVEL_MAX}.`,
    });
    return;
  }
  draft.set(folder, { path: args.text(0), levels });
}

/** Undefined: bodies are in files if they are long. */
export function bodyFilesOf(draft: Draft, prefix: string): BodyFiles | undefined {
  const said = draft.get(manner) ?? 'off';
  if (said === 'off') {
    return undefined;
  }
  const where = draft.get(folder);
  const areKept = said === 'on';
  // Files that are removed again need no folder of their own.
  return where === undefined && !areKept
    ? { areKept }
    : { areKept, folder: fullName(where?.path ?? USUAL_FOLDER, prefix), levels: where?.levels ?? [] };
}
