// Just enough of src/wire/README.md, in another language, to have a conversation with a relay.
import { randomBytes } from 'node:crypto';
import sodium from 'libsodium-wrappers-sumo';

await sodium.ready;
const sizes = [512, 4352, 16640, 65792];

export function block(type, id, ...fields) {
  const head = Buffer.from([1, type, 0, 0, 0, 0]);
  head.writeUInt32LE(id, 2);
  const content = Buffer.concat([head, ...fields]);
  return Buffer.concat([content], sizes.find((size) => size >= content.length));
}

const leb128 = (n) => {
  const out = [];
  for (; n >= 128; n >>= 7) out.push((n & 127) | 128);
  return Buffer.from([...out, n]);
};

export const read = (data) => ({ size: data.length, type: data[1], id: data.readUInt32LE(2), fields: data.subarray(6) });
export const kinds = { new: 1, subscribe: 3, send: 5, ping: 9, hello: 0x81, ok: 0x82, error: 0x83, msg: 0x84, subscribed: 0x86, goAway: 0x89, pong: 0x8a };

export class Mailbox {
  constructor() {
    this.id = randomBytes(16);
    this.token = randomBytes(32);
    this.keys = sodium.crypto_sign_keypair();
  }
  new() {
    const hash = sodium.crypto_generichash(32, Buffer.concat([Buffer.from('tacet-token'), this.token]));
    return block(kinds.new, 1, this.id, this.keys.publicKey, hash);
  }
  // `host`: the name the client believes it is connected to.
  subscribe(hello, host) {
    const nonce = randomBytes(32);
    const proof = Buffer.concat([Buffer.from(`tacet-auth${host}`), read(hello).fields.subarray(0, 32), nonce, this.id]);
    const signature = sodium.crypto_sign_detached(proof, this.keys.privateKey);
    return block(kinds.subscribe, 2, nonce, leb128(1), this.id, Buffer.alloc(8), signature);
  }
  send(envelope) {
    return block(kinds.send, 3, this.id, this.token, randomBytes(16), Buffer.from([24, 0]), leb128(envelope.length), envelope);
  }
}

// Makes a mailbox over this socket, sends it the largest envelope and gets it back. False when the relay did not
// believe that the name is its own.
export async function talk(socket, host) {
  const mailbox = new Mailbox();
  const expect = async (type) => {
    const answer = read(await socket.next());
    if (answer.type !== type) throw new Error(`expected ${type}, and there came ${answer.type}`);
    return answer;
  };
  socket.send(mailbox.new());
  await expect(kinds.ok);
  socket.send(mailbox.subscribe(socket.hello, host));
  if ((await expect(kinds.subscribed)).fields[0] !== 0) return false;
  const envelope = randomBytes(65536);
  socket.send(mailbox.send(envelope));
  const answers = [read(await socket.next()), read(await socket.next())];
  const msg = answers.find(({ type }) => type === kinds.msg);
  if (!msg || !answers.some(({ type }) => type === kinds.ok)) throw new Error('the envelope did not come back');
  if (msg.size !== 65792 || !msg.fields.includes(envelope)) throw new Error('another envelope came back');
  return true;
}
