/** What `portico explain --help` shows. */
export const EXPLAIN_HELP = `portico explain FILE [--format text|json]
portico explain FILE --url URL [--method METHOD] [--from ADDRESS] [--format text|json]

Says in plain words what the server does that an nginx.conf, a site of one, or a portico.toml describes: site by site, in each the locations in
the order in which they win, the rules that hold there, and what answers.

  --url URL         which site and location answer this URL, which rules it passes, and why; nothing is sent anywhere
  --method METHOD   of that request [GET]
  --from ADDRESS    the client that asks [192.0.2.1]
  --format json     as data (or --json)
  -h, --help        show this

Ends with 0, or with 2 if the file has errors: "portico check" tells them.
`;
