export type { UpstreamTlsFiles } from '../../config/model/upstream-tls-files.ts';
