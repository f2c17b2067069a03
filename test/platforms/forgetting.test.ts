// What a runner still holds of a session when it has ended, read from its own heap: the same question to the open session shows that it would be found.
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { tmpdir } from 'node:os';
import { expect, onTestFinished, test } from 'vitest';
import { runnerEnvironment } from '../../platforms/runner-environment.js';
import type { DatabricksLogin, PlatformLogin, RunnerAnswer, SnowflakeCredential } from '../../platforms/runner-messages.js';
import { password, wireServer } from './opening.js';
import { clientSecret, servicePrincipal, token, workspace } from './databricks/workspace.js';

class WatchedRunner {
  readonly #child: ChildProcess;
  #lastId = 0;

  constructor(environment: NodeJS.ProcessEnv) {
    this.#child = fork(new URL('./watched-runner.js', import.meta.url), [], {
      env: runnerEnvironment(environment, tmpdir()),
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      execArgv: [],
    });
    onTestFinished(() => void this.#child.kill('SIGKILL'));
  }

  async ask(call: string, request: object): Promise<RunnerAnswer> {
    const id = ++this.#lastId;
    return await this.#answerTo({ id, call, ...request }, (message: RunnerAnswer) => message.id === id);
  }

  async remembers(words: readonly string[]): Promise<boolean[]> {
    const wanted = words.map((word) => Buffer.from(word).toString('hex'));
    const { found } = await this.#answerTo({ wanted }, (message: { readonly found?: boolean[] }) => message.found !== undefined);
    return found ?? [];
  }

  async #answerTo<Message>(question: object, isAnswer: (message: Message) => boolean): Promise<Message> {
    return await new Promise((resolve) => {
      const listen = (message: Message): void => {
        if (!isAnswer(message)) return;
        this.#child.off('message', listen);
        resolve(message);
      };
      this.#child.on('message', listen);
      this.#child.send(question);
    });
  }
}

async function expectForgotten(login: PlatformLogin, words: readonly string[], environment: NodeJS.ProcessEnv): Promise<void> {
  const runner = new WatchedRunner(environment);

  expect(await runner.ask('open', { login })).toMatchObject({ ok: true });
  await runner.ask('inspect', { objects: [{ kind: 'role', name: 'CANARY_ROLE' }] });
  const during = await runner.remembers(words);
  expect(await runner.ask('close', {})).toMatchObject({ ok: true, value: { clean: true } });
  const after = await runner.remembers([...words, 'CANARY_ROLE']);

  expect(during).toEqual(words.map(() => true));
  expect(after).toEqual([...words, 'CANARY_ROLE'].map(() => false));
}

const key = generateKeyPairSync('rsa', { modulusLength: 2048 });
const privateKey = key.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const publicKeyPem = key.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const lineOfKey = privateKey.split('\n')[3] ?? '';

test.each<[string, SnowflakeCredential, string]>([
  ['password', { kind: 'userPassword', password }, password],
  ['private key', { kind: 'keyPair', privateKey }, lineOfKey],
])('a runner whose Snowflake session has ended holds no %s of it and no question', async (_what, credential, word) => {
  const wire = await wireServer([{ name: 'ADMIN', password, publicKeyPem }]);
  const place = { technology: 'Snowflake', host: '127.0.0.1', port: wire.port, plainHttp: true } as const;

  await expectForgotten({ ...place, username: 'ADMIN', who: 'ADMIN', role: 'ACCOUNTADMIN', warehouse: 'WH', credential }, [word], process.env);
});

test.each<[string, DatabricksLogin['credential'], string]>([
  ['token', { kind: 'token', token }, token],
  ['client secret', { kind: 'oAuthM2M', clientId: servicePrincipal, clientSecret }, clientSecret],
])('a runner whose Databricks session has ended holds no %s of it and no question', async (_what, credential, word) => {
  const { platform, options } = await workspace();
  const { host, port, httpPath } = platform;

  await expectForgotten({ technology: 'Databricks', host, port, httpPath, credential }, [word], options.environment);
});
