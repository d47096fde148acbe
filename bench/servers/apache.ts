import type { Kind } from './kind.ts';

/** Apache with mod_wsgi in daemon mode, which its documentation recommends over the embedded one. */
export function apacheModWsgi(threads: number): Kind {
  return {
    name: 'Apache + mod_wsgi',
    reloadSignal: 'SIGUSR1',
    plan: ({ app, workers }, { folder, port, peers, apps }) => {
      const [module = '', callable = ''] = app.split(':');
      return {
        files: {
          'application.wsgi': `from ${module} import ${callable} as application\n`,
          'apache.conf': `ServerRoot ${folder}
PidFile ${folder}/apache.pid
ErrorLog ${folder}/apache-error.log
ServerName localhost
Listen 127.0.0.1:${port}
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule wsgi_module /usr/lib/apache2/modules/mod_wsgi.so
User www-data
Group www-data
KeepAlive On
MaxKeepAliveRequests 0
WSGISocketPrefix ${folder}/wsgi
WSGIDaemonProcess site processes=${workers} threads=${threads} python-home=${peers} python-path=${apps}
WSGIProcessGroup site
WSGIApplicationGroup %{GLOBAL}
WSGIScriptAlias / ${folder}/application.wsgi
<Directory ${folder}>
    Require all granted
</Directory>
`,
        },
        commands: [{ argv: ['apache2', '-f', `${folder}/apache.conf`, '-D', 'FOREGROUND'], role: 'front' }],
      };
    },
  };
}
