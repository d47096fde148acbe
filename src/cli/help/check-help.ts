/** What `portico check --help` shows. */
export const CHECK_HELP = `portico check FILE… [--format text|json]

Tells all that is wrong in an nginx.conf, in a site of one (as sites-available holds them) or in a portico.toml: each fault at its line,
with the nearest right word; then what is insecure, or does not do what it seems to say. Nothing is started, and nothing is changed.

  --format json   as data (or --json): {"diagnostics": [{"file", "line", "column", "length", "severity", "code", "message", "hint"}], "counts"}
  -h, --help      show this

Ends with 0 if there is nothing, or hints alone; with 1 if there are warnings; with 2 if there are errors, with which the server would not start.
`;
