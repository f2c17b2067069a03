// The few parts of the `thrift` package that a server over HTTP needs; the package brings no types of its own.
declare module 'thrift' {
  class TBufferedTransport {
    constructor(buffer: undefined, onFlush: (message: Buffer) => void);
    static receiver(callback: (transport: TBufferedTransport) => void, sequence: number): (data: Buffer) => void;
  }

  class TBinaryProtocol {
    constructor(transport: TBufferedTransport);
    readMessageBegin(): { readonly fname: string; readonly mtype: number; readonly rseqid: number };
  }

  class Int64 {
    constructor(value: number);
    toNumber(): number;
  }

  const thrift: {
    readonly TBufferedTransport: typeof TBufferedTransport;
    readonly TBinaryProtocol: typeof TBinaryProtocol;
    readonly Int64: typeof Int64;
  };
  export = thrift;
}
