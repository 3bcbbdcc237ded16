// Olm's side of ./dev bench ratchet; the contract is in ratchet_bench.cpp. @matrix-org/olm is C++ compiled to
// WebAssembly, without anything post-quantum.
import Olm from '@matrix-org/olm';
import { measured } from './measured.mjs';

await Olm.init();
const text = 'x'.repeat(256);

class Pair {
  constructor() {
    this.a = new Olm.Account();
    this.b = new Olm.Account();
    this.a.create();
    this.b.create();
    this.aKey = JSON.parse(this.a.identity_keys()).curve25519;
    this.bKey = JSON.parse(this.b.identity_keys()).curve25519;
  }

  handshake(timed) {
    this.b.generate_one_time_keys(1);
    const oneTime = Object.values(JSON.parse(this.b.one_time_keys()).curve25519)[0];
    this.b.mark_keys_as_published();
    this.alice?.free();
    this.bob?.free();
    this.alice = new Olm.Session();
    this.bob = new Olm.Session();
    let message;
    timed(() => {
      this.alice.create_outbound(this.a, this.bKey, oneTime);
      message = this.alice.encrypt(text);
      this.bob.create_inbound_from(this.b, this.aKey, message.body);
      this.b.remove_one_time_keys(this.bob);
      if (this.bob.decrypt(message.type, message.body) !== text) throw new Error('olm: handshake');
    });
    this.bytes = message.body.length;
  }

  message(from, to, timed) {
    let message;
    timed(() => {
      message = from.encrypt(text);
      if (to.decrypt(message.type, message.body) !== text) throw new Error('olm: message');
    });
    this.bytes = message.body.length;
  }

  meet() {
    const untimed = (work) => work();
    this.handshake(untimed);
    this.message(this.bob, this.alice, untimed);
    this.message(this.alice, this.bob, untimed);
  }
}

const pair = new Pair();
await measured(
  {
    'handshake+first message': (timed) => pair.handshake(timed),
    'one-way': (timed) => pair.message(pair.alice, pair.bob, timed),
    'ping-pong': (timed) => {
      pair.message(pair.alice, pair.bob, timed);
      [pair.alice, pair.bob] = [pair.bob, pair.alice];
    },
  },
  { prepare: () => pair.meet(), result: () => ({ bytes: pair.bytes, session: pair.alice.pickle('').length }) },
);
