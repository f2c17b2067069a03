// Stands between a worker and the Temporal server and can stop its heartbeats: the records of the journal, on their way there, or on their way back.
// Everything else passes. gRPC is HTTP/2 with the method as its path, and on loopback it is in clear, so nothing of gRPC needs to be known here.
import http2 from 'node:http2';
import type { ClientHttp2Session, IncomingHttpHeaders, ServerHttp2Session, ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';

export interface RecordGate {
  readonly address: string;
  /** From now on records wait: `before` the server has them, or `after` it has stored them. Resolves when one does. */
  hold(when: 'before' | 'after'): Promise<void>;
  /** Only the n-th record from now on waits before the server, and others overtake it. Resolves when it does. */
  holdBack(nth: number): Promise<void>;
  /** Lets go what waits, and whatever comes. */
  release(): void;
  /** How many records have set out for the server so far. */
  sent(): number;
  close(): Promise<void>;
}

interface Holding {
  readonly when: 'before' | 'after';
  /** Only this one; all without. */
  readonly nth: number | undefined;
  readonly reached: () => void;
  readonly waiting: (() => void)[];
  seen: number;
}

const heartbeat = '/temporal.api.workflowservice.v1.WorkflowService/RecordActivityTaskHeartbeat';

export async function openRecordGate(serverAddress: string): Promise<RecordGate> {
  let held: Holding | undefined;
  let sent = 0;
  const sessions = new Set<ServerHttp2Session>();

  /** Resolves at once unless records are held here. */
  const pass = (path: string | undefined, when: 'before' | 'after'): Promise<void> => {
    const holding = held;
    if (path === heartbeat && when === 'before') sent++;
    if (path !== heartbeat || holding?.when !== when) return Promise.resolve();
    holding.seen++;
    if (holding.nth !== undefined && holding.seen !== holding.nth) return Promise.resolve();
    holding.reached();
    return new Promise((resolve) => holding.waiting.push(resolve));
  };

  const server = http2.createServer();
  server.on('session', (session) => {
    sessions.add(session);
    session.on('error', () => undefined);
    session.on('close', () => sessions.delete(session));
  });
  let upstream: ClientHttp2Session | undefined;
  const connected = (): ClientHttp2Session => {
    if (upstream === undefined || upstream.closed || upstream.destroyed) {
      upstream = http2.connect(`http://${serverAddress}`);
      upstream.on('error', () => undefined); // 'close' follows
      // A worker that lost its server loses its connection: a stream that merely ended would leave it waiting for the end of its long poll.
      upstream.on('close', () => {
        for (const session of sessions) session.destroy();
      });
    }
    return upstream;
  };
  server.on('stream', (incoming, headers) => void forward(incoming, headers, connected, pass).catch(() => incoming.destroy()));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });

  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    hold(when) {
      return new Promise((resolve) => {
        held = { when, nth: undefined, reached: resolve, waiting: [], seen: 0 };
      });
    },
    holdBack(nth) {
      return new Promise((resolve) => {
        held = { when: 'before', nth, reached: resolve, waiting: [], seen: 0 };
      });
    },
    release() {
      const waiting = held?.waiting ?? [];
      held = undefined;
      for (const letGo of waiting) letGo();
    },
    sent: () => sent,
    async close() {
      for (const session of sessions) session.destroy();
      upstream?.destroy();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

async function forward(
  incoming: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  connected: () => ClientHttp2Session,
  pass: (path: string | undefined, when: 'before' | 'after') => Promise<void>,
): Promise<void> {
  const path = headers[':path'];
  incoming.on('error', () => undefined);
  await pass(path, 'before');
  if (incoming.destroyed) return; // whoever sent it is dead, and it never arrives
  const { connection: _hopByHop, ...sent } = headers;
  const outgoing = connected().request(sent);
  outgoing.on('error', () => incoming.destroy());
  outgoing.on('close', () => {
    if (!incoming.writableEnded) incoming.destroy();
  });
  incoming.on('close', () => outgoing.destroy());
  let trailers: IncomingHttpHeaders = {};
  outgoing.on('trailers', (received) => {
    trailers = received;
  });
  outgoing.on('response', (received, flags) => {
    void pass(path, 'after').then(() => {
      if (incoming.destroyed) return;
      const endStream = (flags & http2.constants.NGHTTP2_FLAG_END_STREAM) !== 0;
      incoming.respond(received, { endStream, waitForTrailers: !endStream });
      if (endStream) return;
      incoming.on('wantTrailers', () => incoming.sendTrailers(trailers));
      outgoing.pipe(incoming);
    });
  });
  incoming.pipe(outgoing);
}
