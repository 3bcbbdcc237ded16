// Invitation links taken apart and put together again (src/client/README.md), to make bad ones.
import sodium from 'libsodium-wrappers-sumo';

await sodium.ready;

// Another relay or expiry in the same link, with a check that fits.
export function changed(link, { relay, expires }) {
  const [page, fragment] = link.split('#');
  const bytes = Buffer.from(fragment, 'base64url');
  const relayLength = bytes[1];  // below 128: one byte of LEB128
  const before = bytes.subarray(2, 2 + relayLength);
  const rest = Buffer.from(bytes.subarray(2 + relayLength, -4));
  if (expires) rest.writeBigUInt64LE(BigInt(expires), 16 + 32 + 32);
  const address = relay ? Buffer.from(relay) : before;
  const body = Buffer.concat([bytes.subarray(0, 1), Buffer.from([address.length]), address, rest]);
  const check = sodium.crypto_generichash(32, Buffer.concat([Buffer.from('tacet-link'), body])).subarray(0, 4);
  return `${page}#${Buffer.concat([body, check]).toString('base64url')}`;
}
