import { afterEach, expect, test } from 'vitest';
import { clientOf, failureOf, json, passwordTarget, tenantServer } from './tenant-server.js';
import type { TenantServer } from './tenant-server.js';

let server: TenantServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

const script = `CREATE DATABASE "IMMUTA";\n-- a "quoted" comment; é\nUSE ROLE SYSADMIN;\n`;

async function answering(type: string, body: string, status = 200) {
  server = await tenantServer((_, response) => {
    response.writeHead(status, { 'content-type': type });
    response.end(body);
  });
  return clientOf(server.url);
}

test.each([
  ['plain text', 'text/plain; charset=utf-8', script],
  ['plain text declared as JSON', 'application/json', script],
  ['a JSON string', 'application/json; charset=utf-8', JSON.stringify(script)],
  ['a JSON string declared as text', 'text/plain', JSON.stringify(script)],
  ['without a content type that helps', 'application/octet-stream', script],
  ...['script', 'scripts', 'sql', 'content', 'data', 'result', 'body'].map((name) => [
    `{ ${name} }`,
    'application/json',
    JSON.stringify({ id: 3, [name]: script }),
  ]),
  ['an object in an object', 'application/vnd.immuta+json', JSON.stringify({ data: { script } })],
  ['an array of lines', 'application/json', JSON.stringify(script.split('\n'))],
  ['an object with an array', 'application/json', JSON.stringify({ scripts: script.split('\n') })],
  ['an array of objects', 'application/json', JSON.stringify(script.split('\n').map((sql) => ({ sql })))],
] as [string, string, string][])('the script is read from %s, byte for byte', async (_, type, body) => {
  const client = await answering(type, body);

  expect(await client.bootstrapScript(passwordTarget)).toBe(script);
});

test.each([
  ['nothing', 'text/plain', ''],
  ['blank text', 'text/plain', ' \n\t'],
  ['an empty JSON string', 'application/json', '""'],
  ['null', 'application/json', 'null'],
  ['an empty list', 'application/json', '[]'],
  ['an empty field', 'application/json', '{"script":""}'],
])('an empty script (%s) is refused, but an empty cleanup script means there is none', async (_, type, body) => {
  const client = await answering(type, body);

  expect(await failureOf(client.bootstrapScript(passwordTarget))).toMatchObject({
    kind: 'bad-answer',
    message: expect.stringContaining('empty script'),
  });
  expect(await failureOf(client.deletionScript(7))).toMatchObject({ kind: 'bad-answer' });
  expect(await client.cleanupScript(passwordTarget)).toBeUndefined();
});

test.each([
  ['a web page', 'text/html', '<html>CREATE DATABASE x;</html>'],
  ['a web page as text', 'text/plain', '  <!DOCTYPE html>USE x'],
  ['a web page in a JSON string', 'application/json', '"<html>create</html>"'],
  ['an object without a script', 'application/json', '{"statusCode":500,"message":"create failed"}'],
  ['a number', 'application/json', '42'],
  ['a list with something else in it', 'application/json', '["USE ROLE x;", 4]'],
  ['text without a statement', 'text/plain', 'not found'],
])('%s is not taken for a script', async (_, type, body) => {
  const client = await answering(type, body);

  expect((await failureOf(client.bootstrapScript(passwordTarget))).kind).toBe('bad-answer');
  expect((await failureOf(client.cleanupScript(passwordTarget))).kind).toBe('bad-answer');
});

test.each([404, 405])('a tenant that answers %i has no cleanup script to give, but a missing bootstrap script is a failure', async (status) => {
  const client = await answering('application/json', '{}', status);

  expect(await client.cleanupScript(passwordTarget)).toBeUndefined();
  expect((await failureOf(client.bootstrapScript(passwordTarget))).kind).toBe('not-found');
  expect((await failureOf(client.deletionScript(7))).kind).toBe('not-found');
});

test('both generators get the same body, the removal script of an integration none', async () => {
  const client = await answering('text/plain', script);

  await client.bootstrapScript(passwordTarget);
  await client.cleanupScript(passwordTarget);
  await client.deletionScript(7);

  const [create, cleanup, removal] = server?.received ?? [];
  expect([create?.path, cleanup?.path, removal?.path]).toEqual([
    '/integrations/scripts/create',
    '/integrations/scripts/cleanup',
    '/integrations/7/scripts/delete',
  ]);
  expect(cleanup?.body).toBe(create?.body);
  expect(removal).toMatchObject({ method: 'POST', body: '', contentType: undefined });
});

test.each([400, 415])('a server that insists on a body (%i) gets an empty object, once', async (status) => {
  server = await tenantServer(({ body }, response) => (body === '' ? json(response, {}, status) : json(response, { script })));

  expect(await clientOf(server.url).deletionScript(7)).toBe(script);
  expect(server.received.map(({ body }) => body)).toEqual(['', '{}']);
});

test('no failure repeats a script', async () => {
  const client = await answering('application/json', JSON.stringify({ text: script, message: 'x' }));

  const failure = await failureOf(client.bootstrapScript(passwordTarget));

  expect(failure.message + failure.next).not.toContain('IMMUTA"');
});
