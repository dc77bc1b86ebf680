import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { version } from '../cli/version.ts';
import { systemReason } from '../cli/system-error.ts';
import { InputError } from '../core/errors.ts';
import { parseMetricsAddress } from './metrics-address.ts';
import { Metrics } from './metrics.ts';
import { processMetrics } from './process-metrics.ts';

/** Puts a program's figures into `metrics`; called for each scrape. */
export type CollectMetrics = (metrics: Metrics) => void | Promise<void>;

export interface MetricsOptions {
  readonly program: string;
  /** `[ADDRESS:]PORT`, see `parseMetricsAddress`. */
  readonly address: string;
  readonly collect: CollectMetrics;
}

/** A running server of metrics. */
export interface MetricsServer extends Disposable {
  readonly address: AddressInfo;
  readonly url: string;
}

const PATH = '/metrics';
const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Scrapers have their own time-outs, of ten seconds as a rule. */
const LIMITS = { connectionsMax: 16, headerBytes: 8192, requestMs: 5000, idleMs: 70_000, collectMs: 8000 };

/**
 * Serves a program's figures at `/metrics` as text for Prometheus, and nothing else. Port 0 is any that is free.
 * @throws {SuiteError} for an address that cannot be had
 */
export async function startMetrics({ program, address, collect }: MetricsOptions): Promise<MetricsServer> {
  const { host, port } = parseMetricsAddress(address);
  version(); // it may be out of reach later
  let collecting: Promise<string> | undefined;
  /** Those who ask at once share one answer. */
  const page = (): Promise<string> =>
    (collecting ??= collected(program, collect).finally(() => (collecting = undefined)));
  const options = {
    maxHeaderSize: LIMITS.headerBytes,
    requestTimeout: LIMITS.requestMs,
    headersTimeout: LIMITS.requestMs,
  };
  const server = createServer(options, (request, response) => void answer(request, response, page));
  server.maxConnections = LIMITS.connectionsMax;
  server.keepAliveTimeout = LIMITS.idleMs;
  await listen(server, host, port);
  server.unref();
  const bound = server.address() as AddressInfo;
  const at = bound.family === 'IPv6' ? `[${bound.address}]` : bound.address;
  return {
    address: bound,
    url: `http://${at}:${bound.port}${PATH}`,
    [Symbol.dispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function collected(program: string, collect: CollectMetrics): Promise<string> {
  const metrics = new Metrics();
  processMetrics(metrics, program);
  await collect(metrics);
  return metrics.text();
}

async function answer(request: IncomingMessage, response: ServerResponse, page: () => Promise<string>): Promise<void> {
  const { method, url = '' } = request;
  const say = (status: number, text: string, headers: Readonly<Record<string, string>> = {}): void => {
    const type = status === 200 ? CONTENT_TYPE : 'text/plain; charset=utf-8';
    response.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(text), ...headers });
    response.end(text); // of HEAD, Node sends the head alone
  };
  request.on('error', () => undefined).resume();
  if (url.split('?', 1)[0] !== PATH) return say(404, `the figures are at ${PATH}\n`);
  if (method !== 'GET' && method !== 'HEAD')
    return say(405, 'these figures can be read only\n', { Allow: 'GET, HEAD' });
  let text: string;
  try {
    text = await withinTime(page());
  } catch (error) {
    return say(500, `the figures cannot be had: ${error instanceof Error ? error.message : String(error)}\n`);
  }
  say(200, text);
}

/** A thread that is to say its figures may be busy, or stuck. */
async function withinTime(page: Promise<string>): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('they take too long')), LIMITS.collectMs);
  });
  return Promise.race([page, late]).finally(() => clearTimeout(timer));
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('listening', resolve);
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason =
        error.code === 'EADDRINUSE' ? 'another program listens there' : (systemReason(error) ?? error.message);
      reject(new InputError(`cannot serve metrics on ${host} port ${port}: ${reason}`, { cause: error }));
    });
    server.listen({ host, port });
  });
  server.on('error', () => undefined); // one connection that could not be accepted is no reason to end
}
