// One Thrift message in, one out. The library's receiver reads a body as a stream of messages and stays silent when the last one is cut off, so that a
// request which is no Thrift has to be noticed here.
import thrift from 'thrift';
import { service, types } from './definitions.js';
import { success } from './row-set.js';

const { TBinaryProtocol, TBufferedTransport } = thrift;

/** The call a message makes; `undefined` when it is no Thrift message. */
export function callOf(body: Buffer): string | undefined {
  let call: string | undefined;
  try {
    TBufferedTransport.receiver((transport) => {
      call ??= new TBinaryProtocol(transport).readMessageBegin().fname;
      throw new Error('The first message is all that is asked for.');
    }, 0)(body);
  } catch {
    // what was read before the end is what counts
  }
  return call !== undefined && /^\w+$/.test(call) ? call : undefined;
}

/** The text of a statement that is sent; `undefined` when the message is another call, or none. */
export async function statementOf(body: Buffer): Promise<string | undefined> {
  let statement: string | undefined;
  const ExecuteStatement = (request: types.TExecuteStatementReq): types.TExecuteStatementResp => {
    ({ statement } = request);
    return new types.TExecuteStatementResp({ status: success() });
  };
  await answerMessage(body, { ExecuteStatement }).catch(() => undefined); // whoever answers it says what is wrong
  return statement;
}

/** Has a message handled. Rejects when it cannot be read to its end. */
export function answerMessage(body: Buffer, calls: object): Promise<Buffer> {
  const processor = new service.Processor(calls);
  return new Promise((resolve, reject) => {
    const output = new TBufferedTransport(undefined, resolve);
    let read = 0;
    TBufferedTransport.receiver((transport) => {
      processor.process(new TBinaryProtocol(transport), new TBinaryProtocol(output));
      read++;
    }, 0)(body);
    if (read === 0) reject(new Error('The message ends in the middle.'));
  });
}
