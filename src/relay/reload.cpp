#include "relay/reload.h"

#include <spdlog/spdlog.h>

namespace tacet::relay {

void set_log_level(LogLevel level) {
  spdlog::set_level(level == LogLevel::debug     ? spdlog::level::debug
                    : level == LogLevel::info    ? spdlog::level::info
                    : level == LogLevel::warning ? spdlog::level::warn
                                                 : spdlog::level::err);
}

void Reload::now() {
  const auto read = options_.config();
  if (!read) {
    spdlog::error("the configuration is wrong, and the one before stays in force:\n{}", read.error());
    return;
  }
  const Config& wanted = *read;
  std::string later;
  for (const std::string& name : needs_restart(running_, wanted)) later += (later.empty() ? "" : ", ") + name;
  if (!later.empty()) spdlog::warn("these change with the next start only: {}", later);

  if (!running_.tls.certificate.empty() && !wanted.tls.certificate.empty()) {
    if (const auto loaded = server_.use_tls(wanted.tls); loaded) {
      running_.tls = wanted.tls;
    } else {
      spdlog::error("{} The certificate before stays in use.", loaded.error());
    }
  }
  set_log_level(wanted.log);
  server_.set_limits(wanted.limits);
  relay_.hosts = wanted.hosts;
  relay_.quota = wanted.quota;
  relay_.store.set_quota(wanted.quota);
  if (std::exchange(relay_.terms, wanted.terms) != wanted.terms) server_.greet_again();

  running_.log = wanted.log;
  running_.limits = wanted.limits;
  running_.hosts = wanted.hosts;
  running_.quota = wanted.quota;
  running_.terms = wanted.terms;
  spdlog::info("the configuration was read again");
}

}  // namespace tacet::relay
