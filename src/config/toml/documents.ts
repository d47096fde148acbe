/** portico.toml and the files that it includes, parsed. */

import { dirname, resolve } from 'node:path';
import type { Outcome } from '../../kernel/outcome.ts';
import type { Diagnostic } from '../diagnostic.ts';
import type { DiagnosticCode } from '../diagnostic-codes.ts';
import type { TextPlace } from './find-place.ts';
import type { Path, Reading, TomlTable, UsedName } from './kind.ts';
import { describe, FAULTS_MAX, isTable } from './kind.ts';
import { parseToml } from './parse-toml.ts';
import { UsedNames } from './used-names.ts';

/** The files of a configuration. */
export interface TomlFiles {
  readText(path: string): Outcome<string>;
  /** The files that a pattern stands for, in the order of their names. */
  glob(pattern: string): readonly string[];
}

/** A server of 1,000 sites has a file for each. */
const FILES_MAX = 10_000;

interface TomlDocumentFault {
  readonly code: DiagnosticCode;
  readonly path: Path | TextPlace;
  readonly message: string;
  readonly at?: 'key';
}

/** One file. What is reported of it is kept until it is asked for, with its line and column. */
export class TomlDocument implements Reading {
  readonly file: string;
  readonly folder: string;
  readonly text: string;
  table: TomlTable = {};
  /** Of all files together. */
  readonly names: UsedNames;
  readonly #faults: TomlDocumentFault[] = [];
  /** Paths of values that are not whole. What else is wrong with them is a consequence. */
  readonly #unfilled = new Set<string>();

  constructor(file: string, text: string, names: UsedNames) {
    this.file = file;
    this.folder = dirname(file);
    // Editors of Windows put a byte order mark in front, which is no part of the text (TOML 1.1).
    this.text = text.replace(/^\uFEFF/, '');
    this.names = names;
  }

  uses(kind: UsedName, name: string, path: Path): void {
    const report = (at: Path, message: string): void => this.report(at, message);
    this.names.use({ kind, name, path, report });
  }

  defines(variable: string): void {
    this.names.defineVariable(variable);
  }

  /** Something that a value takes from elsewhere is not there. */
  reportUnfilled(path: Path, message: string): void {
    this.#note({ code: 'toml.value', path, message });
    this.#unfilled.add(JSON.stringify(path));
  }

  /** Nothing has been reported so far. */
  get isSound(): boolean {
    return this.#faults.length === 0;
  }

  report(path: Path, message: string, at?: 'key'): void {
    if (!this.#unfilled.has(JSON.stringify(path))) {
      this.#note({ code: 'toml.value', path, message, ...(at === undefined ? {} : { at }) });
    }
  }

  reportConflict(path: Path, message: string): void {
    this.#note({ code: 'toml.conflict', path, message });
  }

  reportFile(path: Path, message: string): void {
    this.#note({ code: 'toml.file', path, message });
  }

  #note(fault: TomlDocumentFault): void {
    if (this.#faults.length < FAULTS_MAX) {
      this.#faults.push(fault);
    }
  }

  parse(): void {
    const parsed = parseToml(this.text);
    if (parsed.ok) {
      this.table = parsed.value;
    } else {
      const { line, column, message } = parsed.fault;
      this.#note({ code: 'toml.syntax', path: { line, column, length: 1 }, message });
    }
  }

  /** In the order of the lines. Places are looked for only here, because a file without a fault needs none. */
  async diagnostics(): Promise<Diagnostic[]> {
    if (this.#faults.length === 0) {
      return [];
    }
    const { placesIn } = await import('./find-place.ts');
    const isToml = this.#faults.every(({ code }) => code !== 'toml.syntax');
    const find = isToml ? placesIn(this.text) : () => ({ line: 1, column: 1, length: 1 });
    return this.#faults
      .map(({ code, path, message, at }) => ({ code, message, where: 'line' in path ? path : find(path, at) }))
      .sort((a, b) => a.where.line - b.where.line || a.where.column - b.where.column)
      .map(({ code, message, where }) => ({
        severity: 'error',
        code,
        place: { kind: 'file', file: this.file, ...where },
        message: /[.?]$/.test(message) ? message : `${message}.`,
      }));
  }
}

/** The file and all that it includes, each once, in the order in which they are named. */
export function loadDocuments(file: string, files: TomlFiles): Outcome<readonly TomlDocument[]> {
  const first = files.readText(file);
  if (!first.ok) {
    return first;
  }
  const names = new UsedNames();
  const documents = [new TomlDocument(file, first.value, names)];
  const known = new Set([file]);
  for (const document of documents) {
    document.parse();
    for (const [index, pattern] of patternsOf(document).entries()) {
      include(document, ['include', index], resolve(document.folder, pattern), { files, known, documents });
    }
  }
  return { ok: true, value: documents };
}

function patternsOf(document: TomlDocument): readonly string[] {
  const { include: said = [] } = document.table;
  const patterns = Array.isArray(said) ? said : [said];
  if (!isTable(said) && patterns.every((each) => typeof each === 'string')) {
    return patterns;
  }
  document.report(['include'], `${describe(said)} is not a list of paths`);
  return [];
}

interface Loading {
  readonly files: TomlFiles;
  readonly known: Set<string>;
  readonly documents: TomlDocument[];
}

function include(document: TomlDocument, path: Path, pattern: string, { files, known, documents }: Loading): void {
  const isPattern = /[*?[]/.test(pattern);
  for (const file of isPattern ? files.glob(pattern) : [pattern]) {
    const read = known.has(file)
      ? ({ ok: false, fault: 'it is included a second time' } as const)
      : documents.length >= FILES_MAX
        ? ({ ok: false, fault: `more than ${FILES_MAX} files are included` } as const)
        : files.readText(file);
    known.add(file);
    if (read.ok) {
      documents.push(new TomlDocument(file, read.value, document.names));
    } else {
      document.reportFile(path, `${file}: ${read.fault}`);
    }
  }
}
