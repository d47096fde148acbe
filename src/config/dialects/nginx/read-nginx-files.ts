/**
 * nginx's configuration and all that it includes, as one tree. Reading the files is the caller's: this module decides which ones, in which
 * order, and what is wrong with them.
 */

import type { Outcome } from '../../../kernel/outcome.ts';
import type { Diagnostic } from '../../diagnostic.ts';
import type { Place } from '../../place.ts';
import type { BlockKind } from './block-kind.ts';
import { NGINX_TABLE } from './directives/table.ts';
import { findPaths, hasWildcard } from './glob.ts';
import { guessKind } from './guess-kind.ts';
import { lexNginx } from './lexer.ts';
import { ownFile } from './own-files.ts';
import { parseNginx } from './parser.ts';
import { Diagnostics } from './report.ts';
import type { SourceText } from './source-text.ts';
import { sourceFile, sourceParameter } from './source-text.ts';
import type { Word } from './token.ts';
import type { Directive } from './tree.ts';

/** More than any site has; a pattern that matches a whole disk has more. */
const FILES_MAX = 10_000;
const BYTES_MAX = 64 * 1024 * 1024;
/** Files within files. nginx goes on until it has no descriptors left. */
const INCLUDE_DEPTH_MAX = 32;

/** Why a file cannot be read, as the system says it: `{ number: 2, text: 'No such file or directory' }`. */
export interface FileFault {
  /** What was tried: `open()`, `read()`. */
  readonly call: string;
  readonly number: number;
  readonly text: string;
}

export interface NginxFileReader {
  readFile(path: string): Outcome<Buffer, FileFault>;
  /** The names in a folder; undefined if it cannot be read. */
  listFolder(path: string): readonly string[] | undefined;
}

export interface ReadNginxOptions {
  /** What `-g` says; it is read before the file. */
  readonly globals?: string;
  /** The file is a piece of a configuration, as `sites-enabled` holds them: what it belongs into is guessed from what it says. */
  readonly isFragment?: boolean;
  /** Where relative paths of `include` begin: the folder of the configuration file unless it is said. */
  readonly confPrefix?: string;
}

export interface ReadFile {
  readonly path: string;
  readonly bytes: Buffer;
}

export interface NginxFiles {
  /** The directives of the top level; those of `-g` first. */
  readonly tree: readonly Directive[];
  /** The block that `tree` is the inside of: `main`, unless a fragment was read. */
  readonly kind: BlockKind;
  /** Each file once, in the order in which they are read first. One of Portico's own is not among them. */
  readonly files: readonly ReadFile[];
  readonly diagnostics: Diagnostics;
}

/** `path` is absolute. */
export function readNginxFiles(path: string, reader: NginxFileReader, options: ReadNginxOptions = {}): NginxFiles {
  return new FilesReader(path, reader, options).read();
}

/** Faults of the structure alone, in the order of the files. */
export function structureFaults({ diagnostics }: NginxFiles): readonly Diagnostic[] {
  return diagnostics.all();
}

class FilesReader {
  readonly #path: string;
  readonly #reader: NginxFileReader;
  readonly #globals: string | undefined;
  readonly #confPrefix: string;
  readonly #isFragment: boolean;
  readonly #files = new Map<string, Buffer>();
  readonly #diagnostics: Diagnostics;
  /** The files that are being read, each included by the one before. */
  readonly #chain: SourceText[] = [];
  #kind: BlockKind = 'main';
  #fileCount = 0;
  #byteCount = 0;
  #isFull = false;

  constructor(path: string, reader: NginxFileReader, { globals, confPrefix, isFragment = false }: ReadNginxOptions) {
    this.#isFragment = isFragment;
    this.#diagnostics = new Diagnostics(isFragment);
    this.#path = path;
    this.#reader = reader;
    this.#globals = globals;
    this.#confPrefix = confPrefix ?? path.slice(0, path.lastIndexOf('/') + 1);
  }

  read(): NginxFiles {
    const said = this.#globals === undefined ? [] : this.#parse(sourceParameter(this.#globals), 'main');
    const tree = [...said, ...this.#readFile(this.#path, undefined, 'main')];
    const files = [...this.#files].map(([path, bytes]) => ({ path, bytes }));
    return { tree, kind: this.#kind, files, diagnostics: this.#diagnostics };
  }

  #parse(source: SourceText, kind: BlockKind | undefined): readonly Directive[] {
    const { report } = this.#diagnostics;
    this.#diagnostics.addSource(source);
    this.#chain.push(source);
    const tokens = lexNginx(source, report);
    const isWhole = this.#chain.length === 1 && source.kind === 'file';
    this.#kind = isWhole && this.#isFragment ? guessKind(tokens, NGINX_TABLE) : this.#kind;
    const directives = parseNginx(tokens, isWhole ? this.#kind : kind, {
      table: NGINX_TABLE,
      report,
      include: (_, path, inside) => this.#include(path, inside),
      isParameter: source.kind === 'parameter',
    });
    this.#chain.pop();
    return directives;
  }

  #include(word: Word, kind: BlockKind | undefined): readonly Directive[] {
    const path = word.text.startsWith('/') ? word.text : joined(this.#confPrefix, word.text);
    if (!hasWildcard(path)) {
      return this.#readFile(path, word, kind);
    }
    return findPaths(path, (folder) => this.#reader.listFolder(folder)).flatMap((found) =>
      this.#readFile(found, word, kind),
    );
  }

  /** `word` is the path as `include` says it; undefined for the configuration file itself. */
  #readFile(path: string, word: Word | undefined, kind: BlockKind | undefined): readonly Directive[] {
    const { report } = this.#diagnostics;
    const place: Place = word?.place ?? { kind: 'flag', name: '-c' };
    if (this.#chain.some(({ name }) => name === path)) {
      report('nginx.include-cycle', place, `"${path}" includes itself`, {
        hint: 'nginx would go on until it has no more descriptors.',
      });
      return [];
    }
    if (this.#isFull || !this.#hasRoom(place)) {
      return [];
    }
    const bytes = this.#bytesOf(path);
    if (!bytes.ok) {
      const name = path.slice(path.lastIndexOf('/') + 1);
      const own = bytes.fault.number === NO_SUCH_FILE && word !== undefined ? ownFile(name) : undefined;
      if (own !== undefined) {
        const message = `${path} does not exist, and Portico's own ${name} is taken`;
        report('nginx.own-file', place, message, { severity: 'info' });
        return this.#parse(sourceFile(`${name} (Portico's own)`, Buffer.from(own), this.#trailOf(word)), kind);
      }
      const { call, number, text } = bytes.fault;
      report('nginx.file', place, `${call} "${path}" failed (${number}: ${text})`);
      return [];
    }
    return this.#parse(sourceFile(path, bytes.value, this.#trailOf(word)), kind);
  }

  #bytesOf(path: string): Outcome<Buffer, FileFault> {
    const known = this.#files.get(path);
    this.#fileCount += 1;
    const bytes: Outcome<Buffer, FileFault> =
      known === undefined ? this.#reader.readFile(path) : { ok: true, value: known };
    if (bytes.ok) {
      this.#byteCount += bytes.value.length;
      this.#files.set(path, bytes.value);
    }
    return bytes;
  }

  #hasRoom(place: Place): boolean {
    const tooMuch =
      this.#chain.length >= INCLUDE_DEPTH_MAX
        ? `files include each other more than ${INCLUDE_DEPTH_MAX} deep`
        : this.#fileCount >= FILES_MAX
          ? `more than ${FILES_MAX} files are included`
          : this.#byteCount > BYTES_MAX
            ? `the files have more than ${BYTES_MAX} bytes`
            : undefined;
    if (tooMuch === undefined) {
      return true;
    }
    this.#isFull = true;
    this.#diagnostics.report('nginx.too-much', place, tooMuch, { hint: 'What follows is not read.' });
    return false;
  }

  #trailOf(word: Word | undefined): readonly number[] {
    const around = this.#chain.at(-1);
    const { place } = word ?? {};
    return around === undefined || place?.kind !== 'file' ? [] : [...around.trail, place.line, place.column];
  }
}

/** ENOENT. */
const NO_SUCH_FILE = 2;

function joined(folder: string, path: string): string {
  return folder === '' || folder.endsWith('/') ? `${folder}${path}` : `${folder}/${path}`;
}
