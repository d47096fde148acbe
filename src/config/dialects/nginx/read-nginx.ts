/** nginx's configuration as a whole: files, structure and meaning, and all that is wrong with them. */

import type { Diagnostic } from '../../diagnostic.ts';
import type { BlockKind } from './block-kind.ts';
import type { Draft } from './draft.ts';
import { readMeaning } from './read-meaning.ts';
import type { NginxFileReader, ReadFile, ReadNginxOptions } from './read-nginx-files.ts';
import { readNginxFiles } from './read-nginx-files.ts';
import type { Directive } from './tree.ts';
import { directivesIn } from './tree.ts';

export interface NginxReading {
  readonly draft: Draft;
  readonly tree: readonly Directive[];
  /** The block that the tree is the inside of. */
  readonly kind: BlockKind;
  readonly files: readonly ReadFile[];
  /** In the order of the files. */
  readonly diagnostics: readonly Diagnostic[];
}

/** `path` is absolute. */
export function readNginx(path: string, reader: NginxFileReader, options: ReadNginxOptions = {}): NginxReading {
  const { tree, kind, files, diagnostics } = readNginxFiles(path, reader, options);
  const draft = readMeaning(tree, kind, diagnostics.report, options.isFragment !== true);
  const isComplete = files.length > 0 && !diagnostics.all().some(({ severity }) => severity === 'error');
  const hasEvents = directivesIn(tree).some(({ name }) => name.text === 'events');
  if (isComplete && !hasEvents && kind === 'main' && options.isFragment !== true) {
    diagnostics.report('nginx.missing-section', { kind: 'flag', name: '-c' }, 'no "events" section in configuration', {
      hint: 'Write "events {}" at the top level.',
    });
  }
  return { draft, tree, kind, files, diagnostics: diagnostics.all() };
}
