#include "model.h"

#include <algorithm>

#include "base/text.h"
#include "crypto/hash.h"
#include "wire/token.h"

namespace tacet::relay::testing {
namespace {

using wire::Code;

std::string error(Code code) {
  return in_words(wire::Error{code, 0});
}

std::string bundle_in_words(const std::string& identity, const std::string& spk, const std::string& lrk,
                            const std::string& otk) {
  return "keys " + identity + " " + spk + " " + lrk + " one-time " + otk;
}

std::string short_hash(ByteView bytes) {
  return to_hex(crypto::blake2b(std::string_view("model"), bytes).view().first(8));
}

}  // namespace

std::string in_words(const wire::Answer& answer) {
  if (const auto* problem = std::get_if<wire::Error>(&answer)) {
    return "error " + std::to_string(static_cast<int>(problem->code));
  }
  if (const auto* keys = std::get_if<wire::Keys>(&answer)) {
    return bundle_in_words(short_hash(keys->identity), short_hash(keys->spk), short_hash(keys->lrk),
                           short_hash(keys->otk));
  }
  if (const auto* shares = std::get_if<wire::Shares>(&answer)) {
    std::string out = "shares";
    for (const auto& entry : shares->entries) {
      out += " " + std::to_string(entry.number) + ":" + short_hash(entry.half.view());
    }
    return out;
  }
  return std::holds_alternative<wire::Ok>(answer) ? "ok" : "something unasked";
}

std::string Model::carry_out(const wire::Request& request, Time now) {
  expire(now);
  if (const auto* r = std::get_if<wire::New>(&request)) return on(*r);
  if (const auto* r = std::get_if<wire::Delete>(&request)) return on(*r);
  if (const auto* r = std::get_if<wire::Send>(&request)) return on(*r, now);
  if (const auto* r = std::get_if<wire::Ack>(&request)) return on(*r);
  if (const auto* r = std::get_if<wire::KeysPut>(&request)) return on(*r);
  if (const auto* r = std::get_if<wire::KeysGet>(&request)) return on(*r, now);
  if (const auto* r = std::get_if<wire::ShareStore>(&request)) return on(*r);
  if (const auto* r = std::get_if<wire::ShareKeepOnly>(&request)) return on(*r);
  if (const auto* r = std::get_if<wire::ShareFetch>(&request)) return on(*r);
  return "not in the model";
}

std::vector<Model::Envelope> Model::held(const wire::MailboxId& mailbox, Time now) const {
  std::vector<Envelope> out;
  const auto found = mailboxes_.find(mailbox);
  if (found == mailboxes_.end()) return out;
  for (const Envelope& envelope : found->second.envelopes) {
    if (envelope.due > now) out.push_back(envelope);
  }
  return out;
}

void Model::expire(Time now) {
  for (auto& [id, mailbox] : mailboxes_) {
    std::erase_if(mailbox.envelopes, [&](const Envelope& e) { return e.due <= now; });
    std::erase_if(mailbox.seen, [&](const auto& e) { return e.second <= now; });
    std::erase_if(mailbox.spent, [&](const auto& e) { return e.second <= now; });
    std::erase_if(mailbox.handed_out, [&](const auto& e) { return e.second.until <= now; });
  }
}

Model::Mailbox* Model::opened(const wire::MailboxId& mailbox, const wire::SendToken& token) {
  const auto found = mailboxes_.find(mailbox);
  if (found == mailboxes_.end() || !(found->second.token_hash == wire::token_hash(token))) return nullptr;
  return &found->second;
}

std::string Model::on(const wire::New& request) {
  const auto [at, made] = mailboxes_.try_emplace(request.mailbox);
  Mailbox& mailbox = at->second;
  if (made) {
    mailbox.reader = request.reader;
    mailbox.token_hash = request.token_hash;
  }
  const bool same = mailbox.reader == request.reader && mailbox.token_hash == request.token_hash;
  return same ? "ok" : error(Code::refused);
}

std::string Model::on(const wire::Delete& request) {
  mailboxes_.erase(request.mailbox);
  return "ok";
}

std::string Model::on(const wire::Send& request, Time now) {
  Mailbox* mailbox = opened(request.mailbox, request.token);
  if (mailbox == nullptr) return error(Code::no_access);
  if (mailbox->seen.count(request.message) != 0) return "ok";
  std::uint64_t bytes = request.envelope.size();
  for (const Envelope& envelope : mailbox->envelopes) bytes += envelope.size;
  if (mailbox->envelopes.size() >= quota_.first || bytes > quota_.second) return error(Code::quota);
  const Time due = now + Hours(request.retention_hours);
  mailbox->envelopes.push_back({mailbox->next_number++, request.message, request.envelope.size(), due});
  mailbox->seen.emplace(request.message, due);
  return "ok";
}

std::string Model::on(const wire::Ack& request) {
  const auto found = mailboxes_.find(request.mailbox);
  if (found == mailboxes_.end()) return "ok";
  std::erase_if(found->second.envelopes, [&](const Envelope& e) { return e.number <= request.number; });
  return "ok";
}

std::string Model::on(const wire::KeysPut& request) {
  const auto found = mailboxes_.find(request.mailbox);
  if (found == mailboxes_.end()) return error(Code::no_access);
  Mailbox& mailbox = found->second;
  std::vector<std::pair<OtkId, std::string>> otks;
  if (!request.replace_otks) otks = mailbox.otks;
  for (const ByteVector& otk : request.otks) {
    const OtkId id = *OtkId::from(ByteView(otk).first(OtkId::size));
    const bool known =
        std::any_of(otks.begin(), otks.end(), [&](const auto& one) { return one.first == id; }) ||
        mailbox.spent.count(id) != 0;
    if (!known) otks.emplace_back(id, short_hash(otk));
  }
  if (otks.size() > kMaxStoredOtks) return error(Code::quota);
  mailbox.otks = std::move(otks);
  if (!request.identity.empty()) mailbox.identity = short_hash(request.identity);
  if (!request.spk.empty()) mailbox.spk = short_hash(request.spk);
  if (!request.lrk.empty()) mailbox.lrk = short_hash(request.lrk);
  if (request.handouts) {
    mailbox.handouts =
        *request.handouts == wire::KeysPut::kUnlimited ? -1 : static_cast<std::int64_t>(*request.handouts);
  }
  return "ok";
}

std::string Model::on(const wire::KeysGet& request, Time now) {
  Mailbox* mailbox = opened(request.mailbox, request.token);
  if (mailbox == nullptr) return error(Code::no_access);
  const auto before = mailbox->handed_out.find(request.asked);
  if (before != mailbox->handed_out.end()) return before->second.words;
  if (mailbox->identity.empty() || mailbox->spk.empty() || mailbox->lrk.empty()) return error(Code::no_keys);
  if (mailbox->handouts == 0) return error(Code::used_up);
  std::string otk = short_hash({});
  if (!mailbox->otks.empty()) {
    otk = mailbox->otks.front().second;
    mailbox->spent.emplace(mailbox->otks.front().first, now + Hours(30 * 24));
    mailbox->otks.erase(mailbox->otks.begin());
  }
  if (mailbox->handouts > 0) --mailbox->handouts;
  return mailbox->handed_out
      .emplace(request.asked, HandedOut{bundle_in_words(mailbox->identity, mailbox->spk, mailbox->lrk, otk),
                                        now + Hours(24)})
      .first->second.words;
}

std::string Model::on(const wire::ShareStore& request) {
  const auto found = mailboxes_.find(request.mailbox);
  if (found == mailboxes_.end()) return error(Code::no_access);
  auto& shares = found->second.shares;
  const std::string half = short_hash(request.half.view());
  const auto before = shares.find(request.number);
  if (before != shares.end()) return before->second == half ? "ok" : error(Code::refused);
  if (shares.size() >= wire::kMaxShares) return error(Code::quota);
  shares.emplace(request.number, half);
  return "ok";
}

std::string Model::on(const wire::ShareKeepOnly& request) {
  const auto found = mailboxes_.find(request.mailbox);
  if (found == mailboxes_.end()) return error(Code::no_access);
  std::erase_if(found->second.shares, [&](const auto& e) { return e.first != request.number; });
  return "ok";
}

std::string Model::on(const wire::ShareFetch& request) {
  const auto found = mailboxes_.find(request.mailbox);
  if (found == mailboxes_.end()) return error(Code::no_access);
  std::string out = "shares";
  for (const auto& [number, half] : found->second.shares) out += " " + std::to_string(number) + ":" + half;
  return out;
}

bool Worlds::answered(const wire::Answer& answer) {
  Asked oldest = std::move(waiting_.front());
  waiting_.pop_front();
  const std::string words = in_words(answer);
  if (words == error(Code::busy)) {
    refused_.push_back(std::move(oldest));
    return true;
  }
  std::vector<Model> agreeing;
  bool changed = false;
  for (Model& model : possible_) {
    Model before = refused_.empty() ? Model() : model;
    if (model.carry_out(oldest.request, oldest.at) != words) continue;
    changed = changed || !(before == model);
    agreeing.push_back(std::move(model));
  }
  // A transaction after the one that failed lies where that lay.
  if (changed) refused_.clear();
  replace(std::move(agreeing));
  return !possible_.empty();
}

std::vector<wire::Request> Worlds::crashed() {
  std::vector<Model> models;
  for (const Model& model : possible_) {
    models.push_back(model);
    for (std::size_t first = 0; first < refused_.size(); ++first) {
      Model kept = model;
      for (std::size_t i = first; i < refused_.size(); ++i) {
        kept.carry_out(refused_[i].request, refused_[i].at);
        models.push_back(kept);
      }
    }
  }
  replace(std::move(models));
  models = possible_;
  for (Model model : possible_) {
    for (const Asked& asked : waiting_) {
      model.carry_out(asked.request, asked.at);
      models.push_back(model);
    }
  }
  replace(std::move(models));
  std::vector<wire::Request> again;
  for (Asked& asked : refused_) again.push_back(std::move(asked.request));
  for (Asked& asked : waiting_) again.push_back(std::move(asked.request));
  refused_.clear();
  waiting_.clear();
  return again;
}

bool Worlds::has(const wire::MailboxId& mailbox, bool there) {
  std::erase_if(possible_, [&](const Model& model) { return model.has(mailbox) != there; });
  return !possible_.empty();
}

bool Worlds::begins(const wire::MailboxId& mailbox, const std::vector<Model::Envelope>& shown, Time now) {
  const auto same = [](const Model::Envelope& a, const Model::Envelope& b) {
    return a.number == b.number && a.message == b.message && a.size == b.size;
  };
  std::erase_if(possible_, [&](const Model& model) {
    const auto held = model.held(mailbox, now);
    return held.size() < shown.size() || !std::equal(shown.begin(), shown.end(), held.begin(), same);
  });
  return !possible_.empty();
}

bool Worlds::holds(const wire::MailboxId& mailbox, const std::vector<Model::Envelope>& shown, Time now) {
  if (!begins(mailbox, shown, now)) return false;
  std::erase_if(possible_,
                [&](const Model& model) { return model.held(mailbox, now).size() != shown.size(); });
  return !possible_.empty();
}

bool Worlds::may_hold_more(const wire::MailboxId& mailbox, std::size_t shown, Time now) const {
  return std::any_of(possible_.begin(), possible_.end(),
                     [&](const Model& model) { return model.held(mailbox, now).size() > shown; });
}

void Worlds::replace(std::vector<Model> models) {
  possible_.clear();
  for (Model& model : models) {
    if (std::find(possible_.begin(), possible_.end(), model) == possible_.end()) {
      possible_.push_back(std::move(model));
    }
  }
}

}  // namespace tacet::relay::testing
