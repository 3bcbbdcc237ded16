// libsignal's side of ./dev bench ratchet; the contract is in ratchet_bench.cpp. The stores keep records as they are
// handed over, in memory: nothing is serialised or written, as on our side.
import * as signal from '@signalapp/libsignal-client';
import { measured } from './measured.mjs';

class Sessions extends signal.SessionStore {
  async saveSession(name, record) { this.record = record; }
  async getSession() { return this.record ?? null; }
  async getExistingSessions() { return [this.record]; }
}

class Identities extends signal.IdentityKeyStore {
  constructor() {
    super();
    this.own = signal.IdentityKeyPair.generate();
  }
  async getIdentityKey() { return this.own.privateKey; }
  async getIdentityKeyPair() { return this.own; }
  async getLocalRegistrationId() { return 1; }
  async saveIdentity(name, key) {
    this.peer = key;
    return signal.IdentityChange.NewOrUnchanged;
  }
  async isTrustedIdentity() { return true; }
  async getIdentity() { return this.peer ?? null; }
}

class PreKeys extends signal.PreKeyStore {
  async savePreKey(id, record) { this.record = record; }
  async getPreKey() { return this.record; }
  async removePreKey() {}
}

class SignedPreKeys extends signal.SignedPreKeyStore {
  async saveSignedPreKey(id, record) { this.record = record; }
  async getSignedPreKey() { return this.record; }
}

class KyberPreKeys extends signal.KyberPreKeyStore {
  async saveKyberPreKey(id, record) { this.record = record; }
  async getKyberPreKey() { return this.record; }
  async markKyberPreKeyUsed() {}
}

class Party {
  constructor(name) {
    this.address = signal.ProtocolAddress.new(name, 1);
    this.sessions = new Sessions();
    this.identities = new Identities();
    this.preKeys = new PreKeys();
    this.signedPreKeys = new SignedPreKeys();
    this.kyberPreKeys = new KyberPreKeys();
  }

  async bundle() {
    const own = this.identities.own;
    const [once, signed, kyber] = [signal.PrivateKey.generate(), signal.PrivateKey.generate(), signal.KEMKeyPair.generate()];
    const signature = own.privateKey.sign(signed.getPublicKey().serialize());
    const kyberSignature = own.privateKey.sign(kyber.getPublicKey().serialize());
    await this.preKeys.savePreKey(1, signal.PreKeyRecord.new(1, once.getPublicKey(), once));
    await this.signedPreKeys.saveSignedPreKey(1, signal.SignedPreKeyRecord.new(1, Date.now(), signed.getPublicKey(), signed, signature));
    await this.kyberPreKeys.saveKyberPreKey(1, signal.KyberPreKeyRecord.new(1, Date.now(), kyber, kyberSignature));
    return signal.PreKeyBundle.new(1, 1, 1, once.getPublicKey(), 1, signed.getPublicKey(), signature, own.publicKey, 1,
      kyber.getPublicKey(), kyberSignature);
  }

  encrypt(to) {
    return signal.signalEncrypt(text, to.address, this.address, this.sessions, this.identities);
  }

  // The message as it comes from the network: bytes.
  async decrypt(from, bytes, type) {
    if (type === signal.CiphertextMessageType.PreKey) {
      return signal.signalDecryptPreKey(signal.PreKeySignalMessage.deserialize(bytes), from.address, this.address,
        this.sessions, this.identities, this.preKeys, this.signedPreKeys, this.kyberPreKeys);
    }
    return signal.signalDecrypt(signal.SignalMessage.deserialize(bytes), from.address, this.address, this.sessions,
      this.identities);
  }
}

const text = new Uint8Array(256);
let [a, b] = [new Party('a'), new Party('b')];
let size = 0;

async function exchange(from, to) {
  const message = await from.encrypt(to);
  const bytes = message.serialize();
  const data = await to.decrypt(from, bytes, message.type());
  if (data.length !== text.length) throw new Error('libsignal: message');
  size = bytes.length;
}

async function handshake(timed) {
  a.sessions = new Sessions();
  b.sessions = new Sessions();
  const bundle = await b.bundle();
  await timed(async () => {
    await signal.processPreKeyBundle(bundle, b.address, a.address, a.sessions, a.identities);
    await exchange(a, b);
  });
}

await measured(
  {
    'handshake+first message': handshake,
    'one-way': (timed) => timed(() => exchange(a, b)),
    'ping-pong': async (timed) => {
      await timed(() => exchange(a, b));
      [a, b] = [b, a];
    },
  },
  {
    prepare: async () => {
      await handshake((work) => work());
      await exchange(b, a);
      await exchange(a, b);
    },
    result: () => ({ bytes: size, session: a.sessions.record.serialize().length }),
  },
);
