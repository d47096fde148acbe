/** A path as FastCGI has it: the script that it names, and what stands behind it. */
export interface ScriptPath {
  readonly script: string;
  readonly info: string;
}

export type SplitPath = (path: string) => ScriptPath;
