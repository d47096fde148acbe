/** Options of what is beside the workers, and of what `import uwsgi` offers. What their values mean is read by `uwsgiApp`, of all options at once. */

import { success } from '../../../kernel/outcome.ts';
import { parseText } from '../../setting-values.ts';
import type { Option } from '../option.ts';
import { meaningless, setting } from '../option.ts';
import { each, row } from './option-row.ts';

/** `value`: '' for an option without one, in brackets where it may have one. */
function kept(names: string, value: string, doc: string): Option {
  return value === ''
    ? row(
        names,
        undefined,
        doc,
        setting(parseText, () => ({})),
      )
    : each(names, [value, doc], [success, () => ({})]);
}

const HOOK = 'ACTION:ARGUMENT';

export const PROCESS_OPTIONS: readonly Option[] = [
  kept('mule', '[PROGRAM]', 'A process beside the workers: a file, MODULE:FUNCTION, or one that waits for messages.'),
  kept('mules', 'COUNT', 'So many of them.'),
  kept('farm', 'NAME:MULE,MULE', 'Mules that are told the same.'),
  kept('mule-msg-size mule-msg-recv-size', 'BYTES', 'The longest message to a mule.'),
  kept('mule-harakiri', 'SECONDS', 'How long a mule may take for a message or a signal.'),
  kept('Q spooler', 'FOLDER', 'A process that works off the tasks in a folder.'),
  kept('spooler-external', 'FOLDER', 'A folder for tasks that another server works off.'),
  kept('spooler-processes', 'COUNT', 'Processes for each folder.'),
  kept('spooler-frequency spooler-freq', 'SECONDS', 'How often a folder is looked at without a call.'),
  kept('spooler-max-tasks', 'COUNT', 'Tasks after which a spooler is replaced.'),
  kept('spooler-harakiri', 'SECONDS', 'How long a task may take.'),
  kept('spooler-ordered', '', 'Tasks are worked off in the order of their names.'),
  kept('spooler-quiet', '', 'Tasks are not told in the log.'),
  kept('spooler-chdir', 'FOLDER', 'Where tasks run.'),
  kept('spooler-import spooler-py-import spooler-python-import spooler-pyimport', 'MODULE', 'Imported by spoolers.'),
  kept('cache2', 'KEY=VALUE,…', 'A cache that all processes share: name, items, blocks, blocksize, keysize, bitmap, …'),
  kept('cache', 'ITEMS', 'The same, with the name default.'),
  row('cache-blocksize', 'BYTES', 'Of --cache.', meaningless('a block has 65535 bytes, taken as they are filled')),
  row('cache-no-expire', undefined, 'Of --cache.', meaningless('say no_expire=1 of a --cache2')),
  row('cache-expire-freq', 'SECONDS', 'How often caches are swept.', meaningless('they are every three seconds')),
  kept('locks', 'COUNT', 'Locks beside the first.'),
  kept('A sharedarea', 'PAGES', 'Memory that all processes share.'),
  kept('cron', 'MIN HOUR DAY MONTH WEEK COMMAND', 'A command at its time; -1 is any, -5 every fifth.'),
  kept('unique-cron', 'MIN HOUR DAY MONTH WEEK COMMAND', 'The same, never twice at a time.'),
  kept('cron2', 'KEY=VALUE,… COMMAND', 'The same: minute, hour, day, month, week, unique, harakiri.'),
  kept('cron-harakiri', 'SECONDS', 'How long such a command may take.'),
  kept('timer signal-timer', 'SIGNAL SECONDS', 'Raises a signal of uWSGI again and again.'),
  kept('rbtimer signal-rbtimer', 'SIGNAL SECONDS', 'The same.'),
  kept('fs-signal touch-signal', 'FILE SIGNAL', 'Raises a signal of uWSGI when a file is touched.'),
  kept('attach-daemon', 'COMMAND', 'A program that lives as long as the server.'),
  kept('attach-control-daemon', 'COMMAND', 'The same, and the server ends with it.'),
  kept(
    'smart-attach-daemon',
    'PIDFILE COMMAND',
    'A program that puts itself into the background, known by its pidfile.',
  ),
  kept('smart-attach-daemon2', 'PIDFILE COMMAND', 'One that is put there.'),
  kept(
    'attach-daemon2',
    'KEY=VALUE,…',
    'A program: cmd, freq, pidfile, control, daemonize, touch, stopsignal, chdir, uid, gid, …',
  ),
  kept('import py-import python-import pyimport', 'MODULE', 'Imported behind the application.'),
  kept(
    'shared-import shared-py-import shared-python-import shared-pyimport',
    'MODULE',
    'The same, in mules and spoolers too.',
  ),
  kept('hook-asap', HOOK, 'Run first.'),
  kept('hook-as-user', HOOK, 'Run with the rights of the server.'),
  kept('hook-pre-app', HOOK, 'Run before the application is loaded.'),
  kept('hook-post-app', HOOK, 'Run behind that.'),
  kept('hook-post-fork', HOOK, 'Run in each worker.'),
  kept('hook-accepting', HOOK, 'Run in each worker that is ready.'),
  kept('hook-accepting1', HOOK, 'Run in the first.'),
  kept('hook-as-mule', HOOK, 'Run in each mule.'),
  kept('hook-as-user-atexit', HOOK, 'Run at the end.'),
  kept('hook-touch', 'FILE ACTION:ARGUMENT', 'Run when a file is touched.'),
  kept('exec-asap', 'COMMAND', 'A command as hook-asap.'),
  kept('exec-as-user', 'COMMAND', 'A command as hook-as-user.'),
  kept('exec-pre-app', 'COMMAND', 'A command as hook-pre-app.'),
  kept('exec-post-app', 'COMMAND', 'A command as hook-post-app.'),
  kept('exec-as-user-atexit', 'COMMAND', 'A command as hook-as-user-atexit.'),
];
