// The authenticator of a demonstration's account (RFC 6238).   ADMIN_TOTP_SECRET=... node totp.mjs
import { createHmac } from 'node:crypto';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

export function code(base32, seconds = Date.now() / 1000) {
  const bits = [...base32].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const secret = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigInt64BE(BigInt(Math.floor(seconds / 30)));
  const hash = createHmac('sha1', secret).update(step).digest();
  const number = hash.readUInt32BE(hash[19] & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}

if (argv[1] === fileURLToPath(import.meta.url)) console.log(code(process.env.ADMIN_TOTP_SECRET));
