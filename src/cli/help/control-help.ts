/** What `--help` shows of the commands to a server that runs. */

const WHICH = `Which server
      --pid PID         by its process …
  -p, --pid-file FILE   … by the file that it has written (portico serve --pid-file FILE) [$PORTICO_PID_FILE]
  -s, --socket PATH     … or by its control socket (portico serve --control-socket PATH) [$PORTICO_CONTROL_SOCKET]
Without any of them it is the one server of this user that runs.`;

export const STATUS_HELP: string = `portico status

Shows how a server that runs is: since when, where it listens, its applications and workers, requests, memory, the
last reload, the last failures.

      --json            as JSON

${WHICH}

Exit code 0: it runs. 1: it does not answer. 2: the command is wrong, or several servers run. 3: none runs.
`;

export const WORKERS_HELP: string = `portico workers

Lists the workers of a server that runs: what they do now, what they have done, and why they were replaced.

      --json            as JSON

${WHICH}

Exit codes: as of "portico status".
`;

export const RELOAD_HELP: string = `portico reload

Has a server that runs load its application again (or the configuration, if a file describes the server and has
changed), and waits until that serves. If it cannot be loaded, the traceback is shown, and the version before serves on.

      --timeout TIME    how long to wait [90 seconds]
      --json            as JSON

${WHICH}

Exit code 0: the new version serves. 1: it cannot be loaded, or there is no server at the file. 2: the command is wrong,
or several servers run. 3: none runs.
`;

export const STOP_HELP: string = `portico stop

Stops a server that runs, and waits until it has ended: requests that run may finish.

      --now, --quick    do not let requests finish
      --timeout TIME    how long to wait [90 seconds]
      --json            as JSON

${WHICH}

Exit code 0: it has ended. 1: it has not, or there is no server at the file. 2: the command is wrong, or several servers
run. 3: none runs.
`;

export const SCALE_HELP: string = `portico scale N

Has a server that runs serve with N workers, and waits until all of them are ready. It holds until the next start.

  -a, --app NAME        of this application, where there are several
      --timeout TIME    how long to wait [90 seconds]
      --json            as JSON

${WHICH}

Exit code 0: N workers serve. 1: they do not. 2: the command is wrong, or several servers run. 3: none runs.
`;

export const LOGS_HELP: string = `portico logs

Shows the last lines of a running server's log, wherever that goes. The server keeps some two thousand of them.

  -n, --lines N         how many [20]
  -f, --follow          and those that come, until Ctrl-C
      --json            as JSON, an object a line

${WHICH}

Exit codes: as of "portico status".
`;

export const TRACE_HELP: string = `portico trace WORKER

Shows where in its code a worker is now: the Python stack of each of its threads, without stopping it, also while C
code runs. WORKER is its name, as in "w1", or its process number.

      --json            as JSON

${WHICH}

Exit code 0: it is shown. 1: there is no such worker, or it does not answer. 2, 3: as of "portico status".
`;
