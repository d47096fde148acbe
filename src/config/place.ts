/** Where an operator said something: a word of the command line, a variable of the environment, or a piece of a file. */

export type Place = FlagPlace | VariablePlace | FilePlace;

/** A flag, an argument, or what stands for one: `--workers`, `APP`, `-g`. */
export interface FlagPlace {
  readonly kind: 'flag';
  readonly name: string;
}

export interface VariablePlace {
  readonly kind: 'variable';
  readonly name: string;
}

export interface FilePlace {
  readonly kind: 'file';
  readonly file: string;
  /** From 1 on. */
  readonly line: number;
  /** From 1 on, in characters as JavaScript counts them. */
  readonly column: number;
  readonly length: number;
  /** The name by which it is spoken of where the line is not shown: a key of the file. */
  readonly key?: string;
}

export function atFlag(name: string): FlagPlace {
  return { kind: 'flag', name };
}

export function atVariable(name: string): VariablePlace {
  return { kind: 'variable', name };
}

/** The first line of a text that sets `key`, in a format that writes `key = value`; the beginning of the file if none does so. */
export function atKey(file: string, text: string, key: string): FilePlace {
  const lines = text.split('\n');
  const index = lines.findIndex((line) => line.replaceAll(/["']/g, '').split('=')[0]?.trim() === key);
  const column = (lines[index]?.indexOf(key) ?? 0) + 1;
  return {
    kind: 'file',
    file,
    line: index < 0 ? 1 : index + 1,
    column: index < 0 ? 1 : column,
    length: key.length,
    key,
  };
}

/** As it stands in front of a message. */
export function renderPlace(place: Place): string {
  switch (place.kind) {
    case 'flag':
    case 'variable':
      return place.name;
    case 'file': {
      const position = `${place.file}:${place.line}:${place.column}`;
      return place.key === undefined ? position : `${position}: ${place.key}`;
    }
  }
}
