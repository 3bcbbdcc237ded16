#include "replay/replay.h"

#include <sodium/crypto_hash_sha256.h>

#include "base/text.h"
#include "replay/party.h"

namespace tacet::replay {

namespace {

using Outcome = Result<void, std::string>;

Outcome difference(std::string text) {
  return unexpected(std::move(text));
}

Outcome compare(const std::string& field, ByteView expected, ByteView actual) {
  if (expected.size() != actual.size()) {
    return difference(field + ": " + std::to_string(expected.size()) + " bytes expected, " +
                      std::to_string(actual.size()) + " made");
  }
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (expected[i] == actual[i]) continue;
    return difference(field + ": byte " + std::to_string(i) + " is " + to_hex(actual.subspan(i, 1)) +
                      ", expected " + to_hex(expected.subspan(i, 1)));
  }
  return {};
}

Outcome all(std::initializer_list<Outcome> outcomes) {
  for (const Outcome& outcome : outcomes) {
    if (!outcome) return outcome;
  }
  return {};
}

ByteVector sha256(ByteView bytes) {
  ByteVector out(crypto_hash_sha256_BYTES);
  crypto_hash_sha256(out.data(), bytes.data(), bytes.size());
  return out;
}

std::string number_of(ratchet::Error error) {
  return "error " + std::to_string(static_cast<int>(error));
}

class Run {
 public:
  explicit Run(const Transcript& transcript)
      : t_(transcript),
        now_(Seconds(static_cast<std::int64_t>(transcript.now))),
        a_(transcript.seed_a),
        b_(transcript.seed_b),
        prekeys_(b_.identity, now_, b_.random),
        wires_(transcript.steps.size()) {}

  Outcome preamble() {
    const auto& a = a_.identity.identity();
    const auto& b = b_.identity.identity();
    const std::string number = ratchet::safety_number(a.fingerprint(), b.fingerprint());
    const std::string reverse = ratchet::safety_number(b.fingerprint(), a.fingerprint());
    return all({
        compare("identity.A.id", t_.id_a, a.bytes().view()),
        compare("identity.A.fp", t_.fp_a, a.fingerprint().view()),
        compare("identity.B.id", t_.id_b, b.bytes().view()),
        compare("identity.B.fp", t_.fp_b, b.fingerprint().view()),
        compare("safety_number", as_bytes(t_.safety_number), as_bytes(number)),
        compare("safety_number, the other way round", as_bytes(t_.safety_number), as_bytes(reverse)),
        compare("bundle.spk", t_.spk, prekeys_.spk.record().view()),
        compare("bundle.lrk", t_.lrk, prekeys_.lrk.record().view()),
        t_.otk ? compare("bundle.otk", *t_.otk, prekeys_.otk->record().view()) : Outcome{},
    });
  }

  Outcome run(std::size_t index) {
    const Step& step = t_.steps[index];
    switch (step.op) {
      case Step::Op::initiate:
        return initiate(index, step);
      case Step::Op::accept:
        return accept(step);
      case Step::Op::send:
        return send(index, step);
      case Step::Op::deliver:
        return deliver(step);
      case Step::Op::clock:
        now_ += Seconds(step.add);
        return {};
      case Step::Op::maintain:
        return maintain(step);
      case Step::Op::save:
        party(step).saved = party(step).state();
        return {};
      case Step::Op::restore:
        return restore(step);
    }
    return difference("op");
  }

 private:
  Party& party(const Step& step) { return step.party == PartyName::a ? a_ : b_; }

  Outcome initiate(std::size_t index, const Step& step) {
    const auto fingerprint = ratchet::Fingerprint::from(t_.fp_b);
    if (!fingerprint) return difference("identity.B.fp");
    const auto bundle =
        ratchet::Bundle::parse(*fingerprint, t_.id_b, t_.spk, t_.lrk,
                               t_.otk ? std::optional<ByteView>(*t_.otk) : std::nullopt, now_);
    if (!bundle) return difference("bundle: refused, " + number_of(bundle.error()));
    auto initiated = ratchet::initiate(a_.identity, *bundle, *step.data, {}, now_, a_.random);
    if (!initiated) return difference("result: refused, " + number_of(initiated.error()));
    a_.session = std::move(initiated->session);
    wires_[index] = std::move(initiated->wire);
    return all(
        {compare("wire", *step.wire, wires_[index]), compare("sid", *step.sid, a_.session->id().view())});
  }

  Outcome accept(const Step& step) {
    const SecretVector before = b_.state();
    const auto accepted = ratchet::accept(b_.identity, prekeys_, altered(step), now_);
    if (!accepted) {
      if (step.rejected) return compare("state after a refusal", before, b_.state());
      return difference("result: refused, " + number_of(accepted.error()));
    }
    if (step.rejected) return difference("result: accepted, expected a refusal");
    b_.session = accepted->session;
    if (accepted->one_time) prekeys_.otk.reset();
    if (accepted->last_resort) prekeys_.remembered.insert(accepted->last_resort->entry);
    const Step& origin = t_.steps[step.of_step];
    return all({compare("data", *origin.data, accepted->data),
                compare("sid", a_.session->id().view(), b_.session->id().view()),
                compare("peer", t_.id_a, accepted->peer.bytes().view())});
  }

  Outcome send(std::size_t index, const Step& step) {
    Party& from = party(step);
    const auto size = ratchet::class_of(step.message_class);
    if (!size) return difference("class");
    if (!from.session) return difference("from: has no session yet");
    auto wire = from.session->send(*size, *step.data, from.random);
    if (!wire) return difference("result: refused, " + number_of(wire.error()));
    wires_[index] = std::move(*wire);
    return all(
        {step.wire ? compare("wire", *step.wire, wires_[index]) : Outcome{},
         step.wire_sha256 ? compare("wire_sha256", *step.wire_sha256, sha256(wires_[index])) : Outcome{}});
  }

  Outcome deliver(const Step& step) {
    Party& to = party(step);
    const SecretVector before = to.state();
    if (wires_[step.of_step].empty()) return difference("step: has no wire");
    if (!to.session) return step.rejected ? Outcome{} : difference("result: there is no session yet");
    const auto data = to.session->receive(altered(step), now_);
    if (data) {
      if (step.rejected) return difference("result: received, expected a refusal");
      return compare("data", *t_.steps[step.of_step].data, *data);
    }
    if (!step.rejected) return difference("result: refused, " + number_of(data.error().error));
    return compare("state after a refusal", before, to.state());
  }

  Outcome maintain(const Step& step) {
    if (party(step).session) party(step).session->maintain(now_);
    return {};
  }

  Outcome restore(const Step& step) {
    Party& who = party(step);
    if (!who.saved) return difference("party: nothing was saved");
    if (who.saved->empty()) {
      who.session.reset();
      return {};
    }
    auto session = ratchet::Session::parse(*who.saved);
    if (!session) return difference("party: the saved session does not parse, " + number_of(session.error()));
    who.session = std::move(*session);
    return compare("state after a restore", *who.saved, who.state());
  }

  // The wire that the step names, with its bit flipped and its end cut off.
  ByteVector altered(const Step& step) const {
    ByteVector wire = wires_[step.of_step];
    if (step.flip && *step.flip / 8 < wire.size()) {
      Byte& byte = wire[*step.flip / 8];
      byte = static_cast<Byte>(byte ^ 1U << (*step.flip % 8));
    }
    if (step.cut && *step.cut < wire.size()) wire.resize(*step.cut);
    return wire;
  }

  const Transcript& t_;
  Time now_;
  Party a_, b_;
  Prekeys prekeys_;
  std::vector<ByteVector> wires_;  // by step; empty where a step made none
};

}  // namespace

Result<std::size_t, std::string> replay(const Transcript& transcript) {
  Run run(transcript);
  if (const Outcome outcome = run.preamble(); !outcome) return unexpected(outcome.error());
  for (std::size_t i = 0; i < transcript.steps.size(); ++i) {
    if (const Outcome outcome = run.run(i); !outcome) {
      return unexpected("step " + std::to_string(i) + ", " + outcome.error());
    }
  }
  return transcript.steps.size();
}

}  // namespace tacet::replay
