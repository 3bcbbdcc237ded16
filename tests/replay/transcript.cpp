#include "replay/transcript.h"

#include <map>
#include <nlohmann/json.hpp>

#include "base/text.h"

namespace tacet::replay {

namespace {

using nlohmann::json;

// Reads fields of one JSON object and remembers the first that is missing or of the wrong form.
class Fields {
 public:
  Fields(const json& object, std::string where, std::string& error)
      : object_(object), where_(std::move(where)), error_(error) {
    if (!object_.is_object()) fail("not an object");
  }

  [[nodiscard]] bool has(const char* name) const {
    return object_.is_object() && object_.contains(name) && !object_[name].is_null();
  }
  const json& field(const char* name) {
    static const json kNothing;
    if (has(name)) return object_[name];
    fail(name);
    return kNothing;
  }
  std::string text(const char* name) {
    const json& v = field(name);
    if (v.is_string()) return v.get<std::string>();
    fail(name);
    return {};
  }
  ByteVector hex(const char* name) {
    if (auto bytes = from_hex(text(name))) return *bytes;
    fail(name);
    return {};
  }
  std::optional<ByteVector> optional_hex(const char* name) {
    return has(name) ? std::optional(hex(name)) : std::nullopt;
  }
  std::uint64_t number(const char* name) {
    const json& v = field(name);
    if (v.is_number_unsigned()) return v.get<std::uint64_t>();
    fail(name);
    return 0;
  }
  // A step, a bit, a length: at most 2^31 - 1, so that it fits std::size_t everywhere.
  std::size_t index(const char* name) {
    const std::uint64_t v = number(name);
    if (v > INT32_MAX) fail(name);
    return static_cast<std::size_t>(v);
  }
  std::optional<std::size_t> optional_index(const char* name) {
    return has(name) ? std::optional(index(name)) : std::nullopt;
  }
  PartyName party(const char* name) {
    const std::string v = text(name);
    if (v != "A" && v != "B") fail(name);
    return v == "B" ? PartyName::b : PartyName::a;
  }
  Fields inside(const char* name) { return {field(name), where_ + "." + name, error_}; }
  void fail(const std::string& what) {
    if (error_.empty()) error_ = where_ + ": " + what;
  }

 private:
  const json& object_;
  std::string where_;
  std::string& error_;
};

Step parse_step(Fields in, std::size_t index) {
  static const std::map<std::string, Step::Op> kOps = {
      {"initiate", Step::Op::initiate}, {"accept", Step::Op::accept},   {"send", Step::Op::send},
      {"deliver", Step::Op::deliver},   {"clock", Step::Op::clock},     {"maintain", Step::Op::maintain},
      {"save", Step::Op::save},         {"restore", Step::Op::restore},
  };
  Step out{};
  const auto op = kOps.find(in.text("op"));
  if (op == kOps.end()) {
    in.fail("op");
    return out;
  }
  out.op = op->second;
  if ((out.op == Step::Op::initiate) != (index == 0)) in.fail("initiate is the first step, and only it");
  switch (out.op) {
    case Step::Op::initiate:
      out.data = in.hex("data");
      out.wire = in.hex("wire");
      out.sid = in.hex("sid");
      break;
    case Step::Op::send:
      out.party = in.party("from");
      out.message_class = in.index("class");
      out.data = in.hex("data");
      out.wire = in.optional_hex("wire");
      out.wire_sha256 = in.optional_hex("wire_sha256");
      if (!out.wire && !out.wire_sha256) in.fail("neither wire nor wire_sha256");
      break;
    case Step::Op::accept:
    case Step::Op::deliver:
      out.party = out.op == Step::Op::accept ? PartyName::b : in.party("to");
      out.of_step = in.index("step");
      if (out.of_step >= index) in.fail("step is not an earlier one");
      out.flip = in.optional_index("flip");
      out.cut = in.optional_index("cut");
      if (in.has("result") || out.op == Step::Op::deliver) {
        const std::string result = in.text("result");
        if (result != "ok" && result != "reject") in.fail("result");
        out.rejected = result == "reject";
      }
      break;
    case Step::Op::clock:
      out.add = static_cast<std::int64_t>(in.number("add"));
      break;
    case Step::Op::maintain:
    case Step::Op::save:
    case Step::Op::restore:
      out.party = in.party("party");
      break;
  }
  return out;
}

}  // namespace

Result<Transcript, std::string> parse_transcript(std::string_view text) {
  const json document = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (document.is_discarded()) return unexpected(std::string("not JSON"));
  std::string error;
  Fields in(document, "transcript", error);
  if (in.text("suite") != "S1") in.fail("suite is not S1");

  Transcript out;
  const auto seed = [&](const char* party) {
    Fields fields = in.inside("parties").inside(party);
    const auto bytes = test::Seed::from(fields.hex("seed"));
    if (!bytes) fields.fail("seed is not 32 bytes");
    return bytes.value_or(test::Seed{});
  };
  out.seed_a = seed("A");
  out.seed_b = seed("B");
  out.id_a = in.inside("identity").inside("A").hex("id");
  out.fp_a = in.inside("identity").inside("A").hex("fp");
  out.id_b = in.inside("identity").inside("B").hex("id");
  out.fp_b = in.inside("identity").inside("B").hex("fp");
  out.safety_number = in.text("safety_number");
  Fields bundle = in.inside("bundle");
  out.spk = bundle.hex("spk");
  out.lrk = bundle.hex("lrk");
  out.otk = bundle.optional_hex("otk");
  out.now = bundle.number("now");

  const json& steps = in.field("steps");
  if (!steps.is_array() || steps.empty()) in.fail("steps");
  for (std::size_t i = 0; i < steps.size() && error.empty(); ++i) {
    out.steps.push_back(parse_step(Fields(steps[i], "step " + std::to_string(i), error), i));
  }
  if (!error.empty()) return unexpected(error);
  return out;
}

}  // namespace tacet::replay
