// A worker for one test: opens a session at the port it is given, closes it, and has nothing more to do.
import { Secret } from '../../domain/secret.js';
import { platformOpener } from '../../platforms/runner-pool.js';
import { password, targetAt } from './target.js';

const open = platformOpener({
  allowedHosts: [],
  allowLoopback: true,
  environment: process.env,
  resolveSecret: () => Promise.resolve(new Secret(password)),
});
const session = await open(targetAt(Number(process.argv[2])), new AbortController().signal);
await session.close();
