export type {
  Body,
  Client,
  Exchange,
  FilePart,
  Handler,
  PartsBody,
  Responder,
  ResponseHead,
} from '../protocol/http/exchange.ts';
