/** What `portico convert --help` shows. */
export const CONVERT_HELP = `portico convert FILE [-o FILE] [--format text|json]

Writes the portico.toml that does what an nginx.conf, or a site of one, says. What it cannot say is told with its line.

  -o, --output FILE   the file to write; it must not be there yet. Without it: standard output
  --format json       as data (or --json): {"toml", "unsaid": [{"file", "line", "column", "message", "hint"}]}
  -h, --help          show this

Ends with 0 if all is said, with 1 if something is not, with 2 if the file has errors: "portico check" tells them.
`;
