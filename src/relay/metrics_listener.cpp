#include "relay/metrics_listener.h"

#include <prometheus/collectable.h>
#include <prometheus/exposer.h>
#include <prometheus/metric_family.h>
#include <unistd.h>

#include <fstream>
#include <limits>

namespace tacet::relay {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

// In the order of wire::Request.
constexpr std::string_view kTypeNames[] = {
    "new",       "delete",      "subscribe",   "unsubscribe",     "send",        "ack",       "keys_put",
    "keys_get",  "ping",        "share_store", "share_keep_only", "share_fetch", "chunk_put", "chunks_wanted",
    "chunk_get", "chunks_drop", "unreadable"};
static_assert(std::size(kTypeNames) == Metrics::kTypes);

// By the value of wire::Code.
constexpr std::string_view kResultNames[] = {"ok",    "malformed",   "no_access",   "not_subscribed",
                                             "quota", "no_keys",     "used_up",     "refused",
                                             "busy",  "unsupported", "not_admitted"};

std::string result_name(std::size_t result) {
  return result < std::size(kResultNames) ? std::string(kResultNames[result]) : "other";
}

MetricFamily family(const char* name, const char* help, MetricType type) {
  MetricFamily out;
  out.name = std::string("tacet_relay_") + name;
  out.help = help;
  out.type = type;
  return out;
}

MetricFamily counter(const char* name, const char* help, const Counter& value) {
  MetricFamily out = family(name, help, MetricType::Counter);
  out.metric.emplace_back().counter.value = static_cast<double>(value.value());
  return out;
}

MetricFamily gauge(const char* name, const char* help, double value) {
  MetricFamily out = family(name, help, MetricType::Gauge);
  out.metric.emplace_back().gauge.value = value;
  return out;
}

MetricFamily histogram(const char* name, const char* help, const Histogram& values) {
  MetricFamily out = family(name, help, MetricType::Histogram);
  auto& into = out.metric.emplace_back().histogram;
  std::uint64_t count = 0;
  for (std::size_t i = 0; i <= Histogram::kBounds; ++i) {
    count += values.count(i);
    into.bucket.push_back(
        {count, i < Histogram::kBounds ? values.bound(i) : std::numeric_limits<double>::infinity()});
  }
  into.sample_count = count;
  into.sample_sum = values.sum();
  return out;
}

double resident_bytes() {
  std::ifstream in("/proc/self/statm");
  double total = 0;
  double resident = 0;
  in >> total >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

class Collector final : public prometheus::Collectable {
 public:
  Collector(const Metrics& metrics, const Store& store) : metrics_(metrics), store_(store) {}

  [[nodiscard]] std::vector<MetricFamily> Collect() const override {
    const StoreCounts& store = store_.counts();
    return {
        gauge("connections", "Connections that are open.", static_cast<double>(metrics_.connections)),
        gauge("sockets", "Of these, WebSockets.", static_cast<double>(metrics_.sockets)),
        counter("connections_turned_away_total", "Connections over the cap.", metrics_.turned_away),
        counter("connections_displaced_total", "Connections closed for a newer one of the same reader.",
                metrics_.displaced),
        requests(),
        pages(),
        counter("envelopes_stored_total", "Envelopes that were kept.", metrics_.stored),
        counter("envelopes_repeated_total", "Envelopes that were sent once more.", metrics_.repeats),
        counter("envelopes_delivered_total", "Envelopes pushed to their owners, repeats included.",
                metrics_.delivered),
        histogram("store_batch_requests", "Requests in one transaction.", store.batch),
        histogram("store_commit_seconds", "From the begin of a transaction to its being on disk.",
                  store.commit),
        histogram("store_fetch_seconds", "Reading envelopes to deliver.", store.fetch),
        histogram("store_checkpoint_seconds", "Emptying the write-ahead log.", store.checkpoint),
        counter("store_failures_total", "Writes, reads and checkpoints that did not work.", store.failures),
        gauge("store_healthy", "1 while the store can keep what it is given.", store_.healthy() ? 1 : 0),
        gauge("resident_bytes", "Memory of this process.", resident_bytes()),
    };
  }

 private:
  [[nodiscard]] MetricFamily requests() const {
    MetricFamily out = family("requests_total", "Requests by type and result.", MetricType::Counter);
    for (std::size_t type = 0; type < Metrics::kTypes; ++type) {
      for (std::size_t result = 0; result < Metrics::kResults; ++result) {
        const std::uint64_t count = metrics_.requests[type][result].value();
        // What never happened is left out, but each type can be seen from the start.
        if (count == 0 && (result != 0 || type == Metrics::kUnreadable)) continue;
        ClientMetric& metric = out.metric.emplace_back();
        metric.label = {{"type", std::string(kTypeNames[type])}, {"result", result_name(result)}};
        metric.counter.value = static_cast<double>(count);
      }
    }
    return out;
  }

  [[nodiscard]] MetricFamily pages() const {
    MetricFamily out = family("http_answers_total", "Answers other than a WebSocket, by kind of status.",
                              MetricType::Counter);
    for (std::size_t digit = 2; digit < metrics_.pages.size(); ++digit) {
      ClientMetric& metric = out.metric.emplace_back();
      metric.label = {{"status", std::to_string(digit) + "xx"}};
      metric.counter.value = static_cast<double>(metrics_.pages[digit].value());
    }
    return out;
  }

  const Metrics& metrics_;
  const Store& store_;
};

std::string url_place(const std::string& ip, int port) {
  return (ip.find(':') == std::string::npos ? ip : "[" + ip + "]") + ":" + std::to_string(port);
}

}  // namespace

class MetricsListener::Core {
 public:
  // Throws when it cannot listen.
  Core(const Address& address, const Metrics& metrics, const Store& store)
      : ip_(address.ip),
        collector_(std::make_shared<Collector>(metrics, store)),
        exposer_(url_place(address.ip, address.port), 1) {
    exposer_.RegisterCollectable(collector_);
  }
  [[nodiscard]] std::string place() const { return url_place(ip_, exposer_.GetListeningPorts().at(0)); }

 private:
  std::string ip_;
  std::shared_ptr<Collector> collector_;
  prometheus::Exposer exposer_;
};

MetricsListener::MetricsListener(std::unique_ptr<Core> core) : core_(std::move(core)) {}
MetricsListener::~MetricsListener() = default;

Result<std::unique_ptr<MetricsListener>, std::string> MetricsListener::open(const Address& address,
                                                                            const Metrics& metrics,
                                                                            const Store& store) {
  try {
    return std::unique_ptr<MetricsListener>(
        new MetricsListener(std::make_unique<Core>(address, metrics, store)));
  } catch (const std::exception&) {
    return unexpected(
        "Cannot serve metrics on " + url_place(address.ip, address.port) +
        ": another program may be using it. Choose another port in [metrics], or \"\" for none.");
  }
}

std::string MetricsListener::place() const {
  return core_->place();
}

}  // namespace tacet::relay
