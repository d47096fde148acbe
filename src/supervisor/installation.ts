/** Which Python Portico itself is installed for, as the launcher has found out. */

export interface Installation {
  /**
   * A path, or a name on the PATH such as "python3.12" where the launcher stands beside no Python (`pip install --user`, `--target`).
   * '' in a checkout and in the npm package, which belong to no Python.
   */
  readonly python: string;
  /** That Python was told to run Portico: `python -m portico`. */
  readonly isAsked: boolean;
}

export const IN_NO_PYTHON: Installation = { python: '', isAsked: false };
