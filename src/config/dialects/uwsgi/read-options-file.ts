/** The options of a file, in whichever of the four languages it is written. */

import type { Outcome } from '../../../kernel/outcome.ts';
import { success } from '../../../kernel/outcome.ts';
import type { FileFault } from '../option.ts';
import { parseIni } from './parse-ini.ts';
import { parseJson } from './parse-json.ts';
import { parseXml } from './parse-xml.ts';
import { parseYaml } from './parse-yaml.ts';
import type { SaidOption } from './said-option.ts';

const SECTION = 'uwsgi';

export type OptionsLanguage = 'ini' | 'yaml' | 'json' | 'xml';

/** Options that name a file of one language. */
export const LANGUAGE_OF_OPTION: ReadonlyMap<string, OptionsLanguage> = new Map([
  ['ini', 'ini'],
  ['yaml', 'yaml'],
  ['yml', 'yaml'],
  ['json', 'json'],
  ['js', 'json'],
  ['xml', 'xml'],
  ['xmlconfig', 'xml'],
]);

/** By the end of the name. */
export function languageOf(file: string): OptionsLanguage {
  const [, ending = ''] = /\.(\w+)$/.exec(file.toLowerCase()) ?? [];
  return LANGUAGE_OF_OPTION.get(ending) ?? 'ini';
}

export interface OptionsFile {
  readonly file: string;
  readonly text: string;
  /** '' where none is named. */
  readonly section: string;
}

/** Undefined: the file has no such section. */
export function readOptionsFile(
  language: OptionsLanguage,
  { file, text, section }: OptionsFile,
): Outcome<readonly SaidOption[] | undefined, FileFault> {
  switch (language) {
    case 'ini':
      return success(parseIni(file, text, section || SECTION));
    case 'yaml':
      return parseYaml(file, text, section || SECTION);
    case 'json':
      return parseJson(file, text, section || SECTION);
    case 'xml':
      return parseXml(file, text, section);
  }
}
