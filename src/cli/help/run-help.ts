/** What `portico run --help` shows. */

export const RUN_FILE = 'portico.toml';

export const RUN_HELP: string = `portico run [FILE]

Runs the server that FILE describes; without FILE it is ${RUN_FILE} in the current folder (docs/reference/portico-toml.md).
"portico serve APP --show-config" writes such a file.

  -h, --help      show this
`;
