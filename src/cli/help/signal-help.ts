/** What `portico stop --help` and `portico reload --help` show. */

export const SIGNAL_HELP = {
  stop: `portico stop --pid-file FILE

Stops the server that has written FILE (portico serve --pid-file FILE), and waits until it has ended: requests
that run may finish.

  -p, --pid-file FILE   the file [$PORTICO_PID_FILE]
      --timeout TIME    how long to wait [90 seconds]
      --now             do not let requests finish

Exit code 0: it has ended. 1: it has not, or does not run. 2: the command is wrong.
`,
  reload: `portico reload --pid-file FILE

Has the server that has written FILE (portico serve --pid-file FILE) load the application again, and waits until
the new version serves.

  -p, --pid-file FILE   the file [$PORTICO_PID_FILE]
      --timeout TIME    how long to wait [90 seconds]

Exit code 0: the new version serves. 1: it cannot be loaded and the old one serves (the server's log says why), or
there is no server. 2: the command is wrong.
`,
} as const;
