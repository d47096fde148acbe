/** The top level, `events`, and what nginx's core and its small modules have there. */

import type { Row } from '../row.ts';
import { accepted, later, refused, repeatable, row } from '../row.ts';
import { ANYWHERE } from './contexts.ts';
import { opensBlock } from './structure.ts';

const EVENTS = 'Portico has one way of waiting for events, the best that the system offers.';

export const CORE: readonly Row[] = [
  row('events', 'main', '{events}', 'What holds for connections as a whole.', { apply: opensBlock }),
  ...repeatable([
    row('include', ANYWHERE, 'path', 'Takes what other files say, in the order of their names.', { apply: opensBlock }),
  ]),
  ...accepted('Portico has what the modules of nginx add, or says at their directives that it has not.', [
    ...repeatable([row('load_module', 'main', 'path', 'A module of nginx that is loaded.')]),
  ]),
  ...accepted('Portico wakes up when there is something to do.', [
    row('timer_resolution', 'main', 'msec', 'How often nginx asks what time it is.'),
  ]),
  ...accepted('Portico needs no lock file.', [
    row('lock_file', 'main', 'path', 'A file by which processes keep each other out.'),
    row('accept_mutex', 'events', 'flag', 'Whether processes take new connections in turns.'),
    row('accept_mutex_delay', 'events', 'msec', 'How long a process waits for its turn.'),
  ]),
  ...accepted('The system decides where and when the threads of the edge run.', [
    row('worker_priority', 'main', 'plain', 'How willing the processes are to let others run.'),
    row('worker_cpu_affinity', 'main', 'plain...', 'Which processors a process runs on.'),
  ]),
  ...accepted('The system and its limits decide about core dumps.', [
    row('working_directory', 'main', 'path', 'The current folder of the processes, where core dumps would lie.'),
    row('worker_rlimit_core', 'main', 'offset', 'How large a core dump may be.'),
    row('debug_points', 'main', 'stop|abort', 'What happens where nginx finds a bug in itself.'),
  ]),
  ...accepted('Regexes are compiled by the JavaScript engine as soon as they are used much.', [
    row('pcre_jit', 'main', 'flag', 'Whether regexes are compiled to machine code.'),
  ]),
  ...accepted('Files are read by a pool of threads that Portico sizes itself.', [
    ...repeatable([row('thread_pool', 'main', 'plain parameter [parameter]', 'A pool of threads that read files.')]),
  ]),
  ...accepted(EVENTS, [
    row('use', 'events', 'plain', 'The way in which the system is asked for events.'),
    row('multi_accept', 'events', 'flag', 'Whether all waiting connections are taken at once.'),
    row('devpoll_changes', 'events', 'number', 'Of /dev/poll: changes at a time.'),
    row('devpoll_events', 'events', 'number', 'Of /dev/poll: events at a time.'),
    row('epoll_events', 'events', 'number', 'Of epoll: events at a time.'),
    row('worker_aio_requests', 'events', 'number', 'Of asynchronous files: requests at a time.'),
    row('eventport_events', 'events', 'number', 'Of event ports: events at a time.'),
    row('iocp_threads', 'events', 'number', 'Of completion ports: threads.'),
    row('post_acceptex', 'events', 'number', 'Of completion ports: connections that are awaited.'),
    row('acceptex_read', 'events', 'flag', 'Of completion ports: whether data is awaited with the connection.'),
    row('kqueue_changes', 'events', 'number', 'Of kqueue: changes at a time.'),
    row('kqueue_events', 'events', 'number', 'Of kqueue: events at a time.'),
  ]),
  ...accepted('Portico logs by level, not by client; the other clients lose nothing.', [
    ...repeatable([row('debug_connection', 'events', 'address', 'Clients whose connections are logged in detail.')]),
  ]),
  ...accepted('There is no profiler of that kind here.', [
    row('google_perftools_profiles', 'main', 'path', 'Where a profile of the processes is written.'),
  ]),
  ...later('Encryption is done by the library that Portico comes with.', [
    row('ssl_engine', 'main', 'plain', 'A device, or a library, that encrypts.'),
    row(
      'ssl_object_cache_inheritable',
      'main',
      'flag',
      'Whether certificates that did not change are kept over a reload.',
    ),
    row('quic_bpf', 'main', 'flag', 'Whether packets of HTTP/3 are given to the right process by the kernel.'),
  ]),
  ...refused('Portico has no `perl` within the server. Write what it does as a location of your application.', [
    ...repeatable([
      row('perl_modules', 'http', 'path', 'Folders of Perl modules.'),
      row('perl_require', 'http', 'plain', 'A Perl module that is loaded.'),
      row('perl_set', 'http', 'variable plain', 'A variable that Perl makes.'),
    ]),
    row('perl', 'location limit_except', 'plain', 'Answers by Perl.'),
  ]),
];
