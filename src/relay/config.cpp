#include "relay/config.h"

#include <toml++/toml.h>
#include <unistd.h>

#include <boost/asio/ip/address.hpp>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <set>

namespace tacet::relay {
namespace {

namespace fs = std::filesystem;

// Mistakes, each with its place.
class Complaints {
 public:
  explicit Complaints(std::string name) : name_(std::move(name)) {}
  void add(const toml::source_region& place, const std::string& key, const std::string& what) {
    const std::string where =
        name_ + ":" + std::to_string(place.begin.line) + ":" + std::to_string(place.begin.column) + ": ";
    mistakes_.emplace(std::pair(place.begin.line, place.begin.column),
                      where + (key.empty() ? "" : key + ": ") + what);
  }
  [[nodiscard]] bool none() const { return mistakes_.empty(); }
  [[nodiscard]] std::string lines() const {
    std::string out;
    for (const auto& [place, line] : mistakes_) out += (out.empty() ? "" : "\n") + line;
    return out;
  }

 private:
  std::string name_;
  std::multimap<std::pair<toml::source_index, toml::source_index>, std::string> mistakes_;
};

std::string kind_of(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::table:
      return "a table";
    case toml::node_type::array:
      return "a list";
    case toml::node_type::string:
      return "a string";
    case toml::node_type::integer:
      return "a whole number";
    case toml::node_type::floating_point:
      return "a number with a fraction";
    case toml::node_type::boolean:
      return "true or false";
    default:
      return "a date or time";
  }
}

// Bytes: a whole number, or one with a unit.
std::optional<std::uint64_t> size_in(const std::string& text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  const std::string unit(end, text.data() + text.size());
  const int shift = unit == " KiB" ? 10 : unit == " MiB" ? 20 : unit == " GiB" ? 30 : -1;
  if (shift < 0 || number > UINT64_MAX >> shift) return std::nullopt;
  return number << shift;
}

std::optional<Address> address_in(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos) return std::nullopt;
  std::string ip = text.substr(0, colon);
  if (ip.starts_with('[') && ip.ends_with(']')) ip = ip.substr(1, ip.size() - 2);
  Address out{ip, 0};
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data() + colon + 1, last, out.port);
  boost::system::error_code wrong;
  boost::asio::ip::make_address(ip, wrong);
  if (error != std::errc() || end != last || wrong) return std::nullopt;
  return out;
}

bool is_host(const std::string& text) {
  return !text.empty() && text.size() <= 255 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == ':' || c == '[' || c == ']';
  });
}

std::int64_t unix_millis(const toml::date& date) {
  const std::chrono::year_month_day day{std::chrono::year(date.year), std::chrono::month(date.month),
                                        std::chrono::day(date.day)};
  return std::chrono::milliseconds(std::chrono::sys_days(day).time_since_epoch()).count();
}

std::int64_t unix_millis(const toml::date_time& at) {
  const std::int64_t seconds = at.time.hour * 3600 + at.time.minute * 60 + at.time.second;
  return unix_millis(at.date) + seconds * 1000 + at.time.nanosecond / 1'000'000 -
         std::int64_t{at.offset->minutes} * 60'000;
}

// Reads the keys of one table. Whatever is left in it when this is destroyed is not a key.
class Section {
 public:
  Section(const toml::table& table, std::string name, Complaints& complaints)
      : table_(table), name_(std::move(name)), complaints_(complaints) {}
  Section(const Section&) = delete;
  Section& operator=(const Section&) = delete;
  ~Section() {
    for (const auto& [key, node] : table_) {
      if (known_.contains(std::string(key.str()))) continue;
      std::string all;
      for (const std::string& name : known_) all += (all.empty() ? "" : ", ") + name;
      complaints_.add(key.source(), full(std::string(key.str())),
                      "there is no such key" + (name_.empty() ? "" : " in [" + name_ + "]") +
                          ". There are: " + all + ".");
    }
  }

  // The table under a key; an empty one if it is not there.
  [[nodiscard]] Section section(const std::string& key) {
    static const toml::table none;
    const toml::node* node = find(key);
    if (node != nullptr && !node->is_table()) wrong(*node, key, "must be a table, [" + key + "]");
    return {node != nullptr && node->is_table() ? *node->as_table() : none, full(key), complaints_};
  }

  template <class Integer>
  void integer(const std::string& key, Integer& out, std::int64_t least, std::int64_t most) {
    const toml::node* node = find(key);
    if (node == nullptr) return;
    const std::string range =
        "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most);
    const auto* value = node->as_integer();
    if (value == nullptr) return wrong(*node, key, range);
    if (value->get() < least || value->get() > most) return complain(*node, key, range + ".");
    out = static_cast<Integer>(value->get());
  }

  void size(const std::string& key, std::uint64_t& out, std::uint64_t least, std::uint64_t most,
            const std::string& range) {
    const toml::node* node = find(key);
    if (node == nullptr) return;
    std::optional<std::uint64_t> bytes;
    if (const auto* number = node->as_integer(); number != nullptr && number->get() >= 0) {
      bytes = static_cast<std::uint64_t>(number->get());
    } else if (const auto* text = node->as_string()) {
      bytes = size_in(text->get());
    }
    if (!bytes || *bytes < least || *bytes > most) {
      return complain(*node, key,
                      "must be a size such as \"32 MiB\" or a whole number of bytes, " + range + ".");
    }
    out = *bytes;
  }

  void boolean(const std::string& key, bool& out) {
    const toml::node* node = find(key);
    if (node == nullptr) return;
    const auto* value = node->as_boolean();
    if (value == nullptr) return wrong(*node, key, "must be true or false");
    out = value->get();
  }

  // Takes a string that `check` has nothing to say against: it returns what is wrong.
  template <class Check>
  void text(const std::string& key, std::string& out, Check check) {
    const toml::node* node = find(key);
    if (node == nullptr) return;
    const auto* value = node->as_string();
    if (value == nullptr) return wrong(*node, key, "must be a string");
    if (const std::string problem = check(value->get()); !problem.empty())
      return complain(*node, key, problem);
    out = value->get();
  }

  void hosts(const std::string& key, std::vector<std::string>& out) {
    const toml::node* node = find(key);
    if (node == nullptr) return;
    const auto* list = node->as_array();
    if (list == nullptr) return wrong(*node, key, "must be a list of strings");
    for (const toml::node& entry : *list) {
      const auto* value = entry.as_string();
      if (value == nullptr) {
        wrong(entry, key, "must hold strings only");
      } else if (!is_host(value->get())) {
        complain(entry, key,
                 "\"" + value->get() +
                     "\" is not a name such as \"chat.example.org\" or \"chat.example.org:8443\".");
      } else {
        out.push_back(lower_case(value->get()));
      }
    }
  }

  void date(const std::string& key, std::int64_t& out) {
    const toml::node* node = find(key);
    if (node == nullptr) return;
    if (const auto* day = node->as_date()) {
      out = unix_millis(day->get());
    } else if (const auto* at = node->as_date_time(); at != nullptr && at->get().offset) {
      out = unix_millis(at->get());
    } else if (const auto* none = node->as_string(); none == nullptr || !none->get().empty()) {
      complain(
          *node, key,
          "must be a date without quotes such as 2027-03-01 or 2027-03-01T12:00:00Z, or \"\" for never.");
    } else {
      out = 0;
    }
  }

  void complain(const std::string& key, const std::string& what) {
    const toml::node* node = table_.get(key);
    complain(node != nullptr ? *node : table_, key, what);
  }

 private:
  const toml::node* find(const std::string& key) {
    known_.insert(key);
    return table_.get(key);
  }
  void complain(const toml::node& node, const std::string& key, const std::string& what) {
    complaints_.add(node.source(), full(key), what);
  }
  void wrong(const toml::node& node, const std::string& key, const std::string& wanted) {
    complain(node, key, wanted + ", and is " + kind_of(node) + ".");
  }
  [[nodiscard]] std::string full(const std::string& key) const {
    return name_.empty() ? key : name_ + "." + key;
  }

  const toml::table& table_;
  const std::string name_;
  Complaints& complaints_;
  std::set<std::string> known_;
};

std::string must_be_folder(const std::string& path) {
  std::error_code error;
  return path.empty() || fs::is_directory(path, error) ? "" : "the folder " + path + " is not there.";
}

std::string must_be_file(const std::string& path) {
  return path.empty() || ::access(path.c_str(), R_OK) == 0
             ? ""
             : "the file " + path + " is not there, or this user may not read it.";
}

std::string must_be_ip(const std::string& text) {
  boost::system::error_code wrong;
  boost::asio::ip::make_address(text, wrong);
  return wrong ? "must be an IP address such as \"127.0.0.1\", \"0.0.0.0\" or \"::\"." : "";
}

std::string must_be_loopback(const std::string& text) {
  if (text.empty()) return "";
  const auto address = address_in(text);
  return address && boost::asio::ip::make_address(address->ip).is_loopback()
             ? ""
             : "must be an address and port of this machine alone, such as \"127.0.0.1:9464\", or \"\" for "
               "none.";
}

constexpr std::pair<std::string_view, LogLevel> kLevels[] = {{"debug", LogLevel::debug},
                                                             {"info", LogLevel::info},
                                                             {"warning", LogLevel::warning},
                                                             {"error", LogLevel::error}};

constexpr std::pair<std::string_view, wire::Admission> kAdmissions[] = {
    {"open", wire::Admission::open}, {"invite", wire::Admission::invite}, {"work", wire::Admission::work}};

template <class Value, std::size_t N>
std::optional<Value> one_named(const std::pair<std::string_view, Value> (&values)[N], std::string_view text) {
  for (const auto& [name, value] : values) {
    if (name == text) return value;
  }
  return std::nullopt;
}

const auto kAnything = [](const std::string&) { return std::string(); };

void read(const toml::table& table, Complaints& complaints, Config& out) {
  Section file(table, "", complaints);
  file.text("data", out.data, kAnything);
  file.text("database", out.database, kAnything);
  file.text("web", out.web, must_be_folder);
  file.hosts("hosts", out.hosts);
  {
    Section listen = file.section("listen");
    listen.text("address", out.listen.ip, must_be_ip);
    listen.integer("port", out.listen.port, 0, 65535);
  }
  {
    Section tls = file.section("tls");
    tls.text("certificate", out.tls.certificate, must_be_file);
    tls.text("key", out.tls.key, must_be_file);
    if (out.tls.certificate.empty() != out.tls.key.empty() && complaints.none()) {
      tls.complain(out.tls.key.empty() ? "certificate" : "key", "a certificate and its key go together.");
    }
  }
  {
    Section mailboxes = file.section("mailboxes");
    mailboxes.boolean("accepts_new", out.terms.accepts_new);
    mailboxes.date("retires_at", out.terms.retires_at_ms);
    mailboxes.integer("max_retention_hours", out.terms.max_retention_hours, 1, wire::kMaxRetentionHours);
    mailboxes.integer("quota_envelopes", out.quota.envelopes, 1, 1'000'000);
    mailboxes.size("quota_bytes", out.quota.bytes, 64 << 10, std::uint64_t{1} << 40,
                   "from 64 KiB to 1024 GiB");
    mailboxes.size("quota_files", out.quota.chunk_bytes, 0, std::uint64_t{1} << 40, "up to 1024 GiB");
  }
  {
    Section admission = file.section("admission");
    std::string kind(kAdmissions[0].first);
    admission.text("kind", kind, [](const std::string& text) {
      return one_named(kAdmissions, text) ? std::string() : "must be \"open\", \"invite\" or \"work\".";
    });
    out.terms.admission = *one_named(kAdmissions, kind);
    std::uint64_t memory = std::uint64_t{out.terms.work.memory_kib} << 10;
    admission.size("work_memory", memory, std::uint64_t{wire::WorkWanted::kMinMemory} << 10,
                   std::uint64_t{wire::WorkWanted::kMaxMemory} << 10, "from 1 MiB to 256 MiB");
    out.terms.work.memory_kib = static_cast<std::uint32_t>(memory >> 10);
    admission.integer("work_bits", out.terms.work.bits, 1, wire::WorkWanted::kMaxBits);
  }
  {
    Section limits = file.section("limits");
    limits.integer("connections", out.limits.connections, 1, 1'000'000);
    limits.size("memory", out.memory, 64 << 20, std::uint64_t{1} << 40, "from 64 MiB to 1024 GiB");
    std::int64_t drain = out.limits.drain.count();
    limits.integer("drain_seconds", drain, 0, 300);
    out.limits.drain = std::chrono::seconds(drain);
  }
  {
    Section metrics = file.section("metrics");
    std::string listen;
    metrics.text("listen", listen, must_be_loopback);
    if (!listen.empty()) out.metrics = address_in(listen);
  }
  {
    Section log = file.section("log");
    std::string level = "info";
    log.text("level", level, [](const std::string& text) {
      return one_named(kLevels, text) ? std::string()
                                      : "must be \"debug\", \"info\", \"warning\" or \"error\".";
    });
    out.log = *one_named(kLevels, level);
  }
}

}  // namespace

std::string lower_case(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  return text;
}

Result<Config, std::string> parse_config(std::string_view text, const std::string& name) {
  Complaints complaints(name);
  Config out;
  try {
    read(toml::parse(text), complaints, out);
  } catch (const toml::parse_error& error) {
    complaints.add(error.source(), "", "not TOML: " + std::string(error.description()) + ".");
  }
  if (!complaints.none()) return unexpected(complaints.lines());
  return out;
}

Result<Config, std::string> load_config(const std::string& path) {
  constexpr std::uintmax_t kMaxFile = 1 << 20;
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return unexpected(path + ": there is no such file.");
  if (fs::file_size(path, error) > kMaxFile) return unexpected(path + ": too large for a configuration.");
  std::ifstream in(path, std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(in), {});
  if (!in) return unexpected(path + ": this user may not read it.");
  return parse_config(text, path);
}

std::vector<std::string> needs_restart(const Config& running, const Config& wanted) {
  std::vector<std::string> out;
  const auto same_address = [](const Address& a, const Address& b) {
    return a.ip == b.ip && a.port == b.port;
  };
  if (!same_address(running.listen, wanted.listen)) out.emplace_back("listen");
  if (running.data != wanted.data) out.emplace_back("data");
  if (running.database != wanted.database) out.emplace_back("database");
  if (running.web != wanted.web) out.emplace_back("web");
  if (running.tls.certificate.empty() != wanted.tls.certificate.empty()) out.emplace_back("tls");
  if (running.memory != wanted.memory) out.emplace_back("limits.memory");
  if (running.metrics.has_value() != wanted.metrics.has_value() ||
      (running.metrics && !same_address(*running.metrics, *wanted.metrics))) {
    out.emplace_back("metrics.listen");
  }
  return out;
}

std::string default_data() {
  const auto variable = [](const char* name) -> std::string {
    const char* value = std::getenv(name);
    return value != nullptr ? value : "";
  };
  if (std::string state = variable("STATE_DIRECTORY"); state.starts_with('/')) return state;
  if (std::string state = variable("XDG_STATE_HOME"); state.starts_with('/')) return state + "/tacet-relay";
  if (std::string home = variable("HOME"); !home.empty()) return home + "/.local/state/tacet-relay";
  return "tacet-relay-data";
}

std::string default_web() {
  std::error_code error;
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  const fs::path web = self.parent_path().parent_path() / "share/tacet-relay/web";
  return !error && fs::is_directory(web, error) ? web.string() : "";
}

}  // namespace tacet::relay
