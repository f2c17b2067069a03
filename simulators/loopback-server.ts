import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener } from 'node:http';

const mebibyte = 1_048_576;

/** The name of the header by which every answer says that it comes from a simulator. */
export const simulatorHeader = 'x-mooring-simulator';

export interface LoopbackServer {
  readonly url: string;
  readonly port: number;
  /** Cuts every connection, answered or not, and frees the port. */
  close(): Promise<void>;
}

/** How long an idle connection stays, as at the vendors' load balancers. Node's 5 s would cut a client that was only slow. */
export const keepAliveMs = 60_000;

/** Serves HTTP on 127.0.0.1 only. Rejects if the port is taken. */
export function listenOnLoopback(simulator: string, port: number, listener: RequestListener): Promise<LoopbackServer> {
  const server = createServer({ keepAliveTimeout: keepAliveMs }, (request, response) => {
    response.setHeader(simulatorHeader, simulator);
    listener(request, response);
  });
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end(`HTTP/1.1 400 Bad Request\r\n${simulatorHeader}: ${simulator}\r\nconnection: close\r\n\r\n`);
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.removeListener('error', reject);
      const address = server.address();
      if (address === null || typeof address === 'string') throw new Error('An HTTP server on a port has an address with a port.');
      resolve({
        url: `http://127.0.0.1:${address.port}`,
        port: address.port,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            server.closeAllConnections();
          }),
      });
    });
  });
}

/** The whole body as text; `undefined` when it is longer than `most`: 1 MiB is hapi's default limit. Rejects when the client goes away in the middle. */
export async function readBody(request: IncomingMessage, most = mebibyte): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= most) chunks.push(chunk);
  }
  return length > most ? undefined : Buffer.concat(chunks).toString('utf8');
}
