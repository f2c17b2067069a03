// Loads the driver as a runner does and prints every host that this process then tried to connect to, the last of which is asked for by this file:
// so a list that holds it alone means something. Nothing leaves: connecting is replaced.
import { get } from 'node:http';
import { Socket } from 'node:net';
import { loadDriver } from '../../platforms/snowflake/driver.js';

const hosts: string[] = [];
Socket.prototype.connect = function connect(this: Socket, ...call: readonly unknown[]): Socket {
  hosts.push(/"host":"([^"]+)"/.exec(JSON.stringify(call, (_key, value: unknown) => (typeof value === 'function' ? undefined : value)))?.[1] ?? '?');
  this.destroy();
  return this;
};
process.on('uncaughtException', () => undefined);
await loadDriver(() => undefined, true);
setTimeout(() => {
  get('http://asked.invalid/').on('error', () => undefined);
  process.stdout.write(JSON.stringify(hosts));
  process.exitCode = 0;
}, 600); // detection has a budget of 200 ms
