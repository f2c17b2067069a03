// A certificate authority of this simulator's own and a server certificate it signed, for 127.0.0.1 and localhost, made anew at every start:
// no key file lies around that a machine could be made to trust. Two certificates and not one, because the Snowflake driver's revocation check hangs
// on a certificate that signed itself, and because this is what a private authority in a company looks like.
//
// node:crypto makes keys and signatures but no certificates, so the few fields of RFC 5280 are written out as DER here.
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

export interface ServerIdentity {
  /** PEM of the authority: what a client has to trust. */
  readonly caCert: string;
  /** PEM of the server, followed by the authority's. */
  readonly chain: string;
  /** PKCS#8 PEM. */
  readonly privateKey: string;
}

const validDays = 30; // longer than any run of the simulators, too short to be of use to anybody else
const day = 86_400_000;
const clockSkewMs = 60_000; // a client whose clock is a little behind must not find a certificate from the future

/** Makes an authority and a server certificate for 127.0.0.1 and localhost. */
export function makeServerIdentity(): ServerIdentity {
  const authority = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const server = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const authorityName = distinguishedName('Mooring simulators');
  const authorityId = keyIdentifier(authority.publicKey);
  const caCert = certificate({
    subject: authorityName,
    publicKey: authority.publicKey,
    issuer: authorityName,
    signer: authority.privateKey,
    extensions: [
      extension(oids.basicConstraints, true, sequence(boolean(true))),
      extension(oids.keyUsage, true, tagged(0x03, Buffer.from([0x01, 0x06]))), // keyCertSign, cRLSign
      extension(oids.subjectKeyIdentifier, false, tagged(0x04, authorityId)),
    ],
  });
  const serverCert = certificate({
    subject: distinguishedName('localhost'),
    publicKey: server.publicKey,
    issuer: authorityName,
    signer: authority.privateKey,
    extensions: [
      extension(oids.basicConstraints, true, sequence()),
      extension(oids.keyUsage, true, tagged(0x03, Buffer.from([0x07, 0x80]))), // digitalSignature
      extension(oids.extendedKeyUsage, false, sequence(objectIdentifier(oids.serverAuth))),
      extension(oids.subjectKeyIdentifier, false, tagged(0x04, keyIdentifier(server.publicKey))),
      extension(oids.authorityKeyIdentifier, false, sequence(tagged(0x80, authorityId))),
      extension(oids.subjectAltName, false, sequence(tagged(0x82, Buffer.from('localhost')), tagged(0x87, Buffer.from([127, 0, 0, 1])))),
    ],
  });
  const privateKey = server.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { caCert, chain: serverCert + caCert, privateKey };
}

const oids = {
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  commonName: '2.5.4.3',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
} as const;

interface Request {
  readonly subject: Buffer;
  readonly publicKey: KeyObject;
  readonly issuer: Buffer;
  readonly signer: KeyObject;
  readonly extensions: readonly Buffer[];
}

function certificate({ subject, publicKey, issuer, signer, extensions }: Request): string {
  const algorithm = sequence(objectIdentifier(oids.ecdsaWithSha256));
  const now = Date.now();
  const validity = sequence(utcTime(now - clockSkewMs), utcTime(now + validDays * day));
  const version3 = tagged(0xa0, tagged(0x02, Buffer.from([2])));
  const toBeSigned = sequence(
    version3,
    serialNumber(),
    algorithm,
    issuer,
    validity,
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(...extensions)),
  );
  const der = sequence(toBeSigned, algorithm, bitString(sign('sha256', toBeSigned, signer)));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

/** Positive and without a leading zero octet, as DER wants an INTEGER. */
function serialNumber(): Buffer {
  const serial = randomBytes(12);
  serial.writeUInt8((serial.readUInt8(0) & 0x7f) | 0x01, 0);
  return tagged(0x02, serial);
}

function distinguishedName(commonName: string): Buffer {
  return sequence(tagged(0x31, sequence(objectIdentifier(oids.commonName), tagged(0x0c, Buffer.from(commonName)))));
}

function keyIdentifier(key: KeyObject): Buffer {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest()
    .subarray(0, 20);
}

function extension(oid: string, critical: boolean, value: Buffer): Buffer {
  return sequence(objectIdentifier(oid), ...(critical ? [boolean(true)] : []), tagged(0x04, value));
}

function utcTime(milliseconds: number): Buffer {
  const digits = new Date(milliseconds).toISOString().replaceAll(/[-:T]/g, '').slice(2, 14);
  return tagged(0x17, Buffer.from(`${digits}Z`));
}

function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return tagged(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(value: number): number[] {
  const digits = [value & 0x7f];
  for (let left = value >> 7; left > 0; left >>= 7) digits.unshift((left & 0x7f) | 0x80);
  return digits;
}

function boolean(value: boolean): Buffer {
  return tagged(0x01, Buffer.from([value ? 0xff : 0x00]));
}

function bitString(bits: Buffer): Buffer {
  return tagged(0x03, Buffer.concat([Buffer.from([0]), bits]));
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, ...parts);
}

function tagged(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag]), derLength(content.length), content]);
}

/** Nothing here is as long as 64 KiB. */
function derLength(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  if (length < 0x100) return Buffer.from([0x81, length]);
  return Buffer.from([0x82, length >> 8, length & 0xff]);
}
