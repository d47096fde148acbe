/**
 * What is insecure, or does not do what its writer most likely means, in files that say it without a fault. `portico check` says at the line what happens there;
 * why that matters, and the way out, stand here. Codes stay, texts may change.
 */

export const TRAPS = {
  // Files.
  'trap.alias-traversal': {
    severity: 'warning',
    why: 'Clients read what lies beside the folder: settings, sources, the database.',
    wayOut: 'End the path of the location and that of the alias with a slash, both of them.',
  },
  'trap.root-too-wide': {
    severity: 'warning',
    why: 'Clients read keys, passwords and logs.',
    wayOut: 'Name the folder that holds what everybody may have, and nothing else.',
  },
  'trap.root-in-location': {
    severity: 'info',
    why: 'A location that is added later answers 404, or from a folder that nobody thinks of.',
    wayOut: 'Say "root" in the server, and only what differs in a location.',
  },
  'trap.autoindex-everywhere': {
    severity: 'warning',
    why: 'Names of files are often all that keeps them from strangers.',
    wayOut: 'Say "autoindex on" in the one location whose folder is to be seen.',
  },
  'trap.dotfiles': {
    severity: 'info',
    why: 'A .git folder is the whole source, a .env file has the passwords.',
    wayOut: 'Add: location ~ /\\.(?!well-known/) { deny all; }',
  },
  'trap.sources-served': {
    severity: 'warning',
    why: 'Settings, sources and databases that lie in the folder of the project can be downloaded.',
    wayOut: 'Let the root be a folder of its own, such as "static" or "public", or leave $uri out.',
  },
  'trap.try-files-end': {
    severity: 'warning',
    why: 'Where no file is found the answer is 500, or not the one that is meant.',
    wayOut: 'Write a status as =404, and a path with a slash in front.',
  },
  'trap.no-media-types': {
    severity: 'warning',
    why: 'Browsers refuse style sheets and scripts of a wrong type.',
    wayOut: 'Write "include mime.types;" in "http".',
  },
  // Fields.
  'trap.add-header-lost': {
    severity: 'warning',
    why: 'A block that says one of them has none of those around it; what guards pages is missing just here.',
    wayOut: 'Repeat them in this block, or keep them in a file that both include.',
  },
  'trap.proxy-field-lost': {
    severity: 'warning',
    why: 'The application does not learn by which name or from which address it is asked, and links and logs are wrong.',
    wayOut: 'Repeat them in this block, or include the file that has them.',
  },
  'trap.host-spoofing': {
    severity: 'warning',
    why: 'With an absolute URL in the request it need not be the name by which this server was chosen: links in mails and caches are poisoned.',
    wayOut: 'Write $host, and name the hosts in "server_name".',
  },
  'trap.host-redirect': {
    severity: 'warning',
    why: 'A cache in between keeps a redirect to a host of the attacker.',
    wayOut: 'Name the host in the target, or let the default server answer 444 or 404.',
  },
  'trap.response-splitting': {
    severity: 'warning',
    why: 'Whoever makes the URL writes fields of the response: cookies, or a whole page.',
    wayOut: 'Write $request_uri, which is as it was sent, or exclude line ends from the group: [^/\\r\\n].',
  },
  'trap.request-splitting': {
    severity: 'warning',
    why: 'Whoever makes the URL writes fields, or a second request, to the upstream.',
    wayOut: 'Write $request_uri, or leave the path out: the upstream gets it then.',
  },
  'trap.any-origin': {
    severity: 'warning',
    why: 'Browsers hand over what is meant for the user alone.',
    wayOut: 'Let a map give the origins that you know, and an empty text for all others.',
  },
  'trap.version-shown': {
    severity: 'info',
    why: 'Scanners look for versions with known faults.',
    wayOut: 'Write "server_tokens off;" in "http".',
  },
  // Access.
  'trap.allow-without-deny': {
    severity: 'warning',
    why: 'What no rule is about is allowed.',
    wayOut: 'End the list with "deny all;".',
  },
  'trap.shadowed-rule': {
    severity: 'warning',
    why: 'The rules are asked in their order, and the first that fits decides.',
    wayOut: 'Move the narrower rule before the wider one, or remove it.',
  },
  'trap.return-before-access': {
    severity: 'warning',
    why: 'Rewrites are run before it is asked who may come in.',
    wayOut: 'Let a file or a named location answer: try_files "" @name;',
  },
  'trap.satisfy-any-open': {
    severity: 'warning',
    why: 'Nobody has to log in.',
    wayOut: 'End the list of addresses with "deny all;".',
  },
  'trap.no-password-file': {
    severity: 'warning',
    why: 'What looks like a password is none.',
    wayOut: 'Write "auth_basic_user_file FILE;" beside it.',
  },
  'trap.password-file-unused': {
    severity: 'warning',
    why: 'What looks like a password is none.',
    wayOut: 'Write "auth_basic TEXT;" beside it, or "auth_basic off;" if it is meant so.',
  },
  'trap.status-open': {
    severity: 'warning',
    why: 'It helps who wants to wear the server out.',
    wayOut: 'Write "allow 127.0.0.1; deny all;" in the location.',
  },
  'trap.realip-anybody': {
    severity: 'warning',
    why: 'Lists of addresses, limits and logs go by what the client writes.',
    wayOut: 'Name the addresses of your own proxies.',
  },
  'trap.zone-small': {
    severity: 'warning',
    why: 'When it is full, requests of new clients are refused, or old ones are forgotten.',
    wayOut: 'Give it a megabyte or more: zone=name:10m.',
  },
  'trap.zone-unused': {
    severity: 'warning',
    why: 'The zone takes memory and does nothing.',
    wayOut: 'Write "limit_req zone=NAME;" (or "limit_conn NAME COUNT;") where the limit is to hold.',
  },
  'trap.limit-by-client-field': {
    severity: 'warning',
    why: 'With another value in each request nobody is ever limited.',
    wayOut: 'Count by $binary_remote_addr, and say "set_real_ip_from" if a proxy is in front.',
  },
  // Rewrites.
  'trap.if-in-location': {
    severity: 'warning',
    why: 'An "if" is a location of its own, which takes the place of the one around it.',
    wayOut: 'Write a map, a location of its own, or a "return" in the "if".',
  },
  'trap.if-for-host': {
    severity: 'info',
    why: 'A server of its own is found without a question.',
    wayOut: 'Write a "server" with that name, and "return" in it.',
  },
  'trap.if-for-files': {
    severity: 'info',
    why: 'An "if" changes what else holds in the location.',
    wayOut: 'Write: try_files $uri @name;',
  },
  'trap.open-redirect': {
    severity: 'warning',
    why: 'A link to your site leads to the page of somebody else, and looks like yours.',
    wayOut: 'End the host with a slash, or let the group begin with one: ^(/.*)$.',
  },
  'trap.redirect-loop': {
    severity: 'warning',
    why: 'Browsers give up with "too many redirects".',
    wayOut: 'Split it into a server for port 80, which redirects, and one for 443.',
  },
  'trap.rewrite-for-return': {
    severity: 'info',
    why: 'It is slower, and decodes and encodes the URL on the way.',
    wayOut: 'Write: return 301 https://NAME$request_uri;',
  },
  'trap.error-page-loop': {
    severity: 'warning',
    why: 'The answer is 500 after ten rounds.',
    wayOut: 'Let the page be a file, or end with another status.',
  },
  'trap.error-page-redirect': {
    severity: 'info',
    why: 'A monitor that looks for errors sees none.',
    wayOut: 'Name a path: error_page 404 /404.html;',
  },
  'trap.error-page-path': {
    severity: 'warning',
    why: 'The error has no page.',
    wayOut: 'Write a path with a slash in front.',
  },
  'trap.no-named-location': {
    severity: 'warning',
    why: 'nginx looks for it when a request is sent there, and answers 500.',
    wayOut: 'Write "location @NAME { … }" in this server, or mend the name.',
  },
  'trap.no-such-group': {
    severity: 'warning',
    why: 'A rewrite sets all groups by its own regex; what is not in it is empty.',
    wayOut: 'Put brackets around what is meant, or mend the number.',
  },
  // Regexes.
  'trap.path-like-regex': {
    severity: 'warning',
    why: 'The location is never taken.',
    wayOut: 'Write "~" before it, or "~*" if letters may be large or small.',
  },
  'trap.path-without-slash': {
    severity: 'warning',
    why: 'The location is never taken.',
    wayOut: 'Write the path with a slash in front, or "~" if it is a regex.',
  },
  'trap.regex-unanchored': {
    severity: 'warning',
    why: 'It holds for more than it seems to.',
    wayOut: 'Write ^ where the text has to begin, and $ where it has to end.',
  },
  'trap.regex-dot': {
    severity: 'warning',
    why: 'It fits names that nobody has thought of.',
    wayOut: 'Write \\. for a dot.',
  },
  'trap.regex-costly': {
    severity: 'warning',
    why: 'nginx may take seconds for one long path that does not fit; Portico gives such a match up, and answers 500.',
    wayOut: 'Let each character have one place alone where it can belong: (a+)+ is a+.',
  },
  'trap.shadowed-location': {
    severity: 'warning',
    why: 'Of locations with regexes the first that fits is taken.',
    wayOut: 'Remove it, or move it before the other.',
  },
  // Names and TLS.
  'trap.repeated-name': {
    severity: 'warning',
    why: 'One of the two servers is never asked by this name.',
    wayOut: 'Remove the name, or the server.',
  },
  'trap.no-default-server': {
    severity: 'info',
    why: 'Whoever points a name at your address, or asks for it without one, is served this site; some sites trust the name.',
    wayOut: 'Add: server { listen 80 default_server; server_name _; return 444; }',
  },
  'trap.server-name-form': {
    severity: 'warning',
    why: 'The server is never chosen by it.',
    wayOut: 'Write names alone, with spaces between them: server_name example.com www.example.com;',
  },
  'trap.no-certificate': {
    severity: 'error',
    why: 'nginx does not start, or no client gets in.',
    wayOut: 'Write "ssl_certificate FILE;" and "ssl_certificate_key FILE;".',
  },
  'trap.old-protocol': {
    severity: 'warning',
    why: 'What is sent could be read, so Portico does not speak it.',
    wayOut: 'Write: ssl_protocols TLSv1.2 TLSv1.3;',
  },
  'trap.weak-ciphers': {
    severity: 'warning',
    why: 'Some clients are talked into them.',
    wayOut: 'Remove the line: what is there without it is sound. Or write: ssl_ciphers HIGH:!aNULL:!MD5;',
  },
  'trap.ssl-switch': {
    severity: 'warning',
    why: 'nginx has no such directive from 1.25.1 on.',
    wayOut: 'Write "listen 443 ssl;" in its place.',
  },
  'trap.plain-port': {
    severity: 'warning',
    why: 'Browsers show an error of TLS, and what is sent is not encrypted.',
    wayOut: 'Write "listen 443 ssl;" with a certificate.',
  },
  // Upstreams and the server as a whole.
  'trap.proxy-traversal': {
    severity: 'warning',
    why: 'Clients reach paths of the upstream that were not meant for them.',
    wayOut: 'End the path of the location with a slash too.',
  },
  'trap.proxy-slash': {
    severity: 'warning',
    why: 'The two run together, and the upstream knows no such path.',
    wayOut: 'End the path behind the host with a slash, or leave it out.',
  },
  'trap.open-proxy': {
    severity: 'warning',
    why: "Clients reach machines behind your server, and the cloud's own addresses with its keys.",
    wayOut: 'Name the upstream, or let a map choose among those that you know.',
  },
  'trap.keepalive-unused': {
    severity: 'warning',
    why: 'Without them nginx asks by HTTP/1.0 and says "Connection: close", so that "keepalive" of the upstream has no effect.',
    wayOut: 'Write: proxy_http_version 1.1; proxy_set_header Connection "";',
  },
  'trap.upgrade-lost': {
    severity: 'warning',
    why: 'The protocol is changed by HTTP/1.1 alone, and only where both fields say so.',
    wayOut: 'Write: proxy_http_version 1.1; proxy_set_header Connection "upgrade";',
  },
  'trap.resolver-outside': {
    severity: 'warning',
    why: 'Whoever answers there, or in between, sends your requests where they like.',
    wayOut: 'Name the resolver of your machine or network: resolver 127.0.0.53;',
  },
  'trap.error-log-off': {
    severity: 'warning',
    why: 'The disk fills up with a file that nobody looks for.',
    wayOut: 'Write: error_log /dev/null crit;',
  },
  'trap.user-root': {
    severity: 'warning',
    why: 'Nothing that is served needs it.',
    wayOut: 'Write: user www-data;',
  },
} as const;

export type TrapCode = keyof typeof TRAPS;
