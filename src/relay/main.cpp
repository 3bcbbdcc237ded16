#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>
#include <systemd/sd-daemon.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <cstdio>

#include "crypto/random.h"
#include "relay/admin.h"
#include "relay/elsewhere.h"
#include "relay/metrics_listener.h"
#include "relay/options.h"
#include "relay/reload.h"
#include "relay/store/postgres_store.h"
#include "relay/store/sqlite_store.h"
#include "relay/store/wipe_stack.h"

namespace tacet::relay {
namespace {

constexpr int kCannotListen = 3;
constexpr int kNoStore = 4;

int complain(const std::string& sentence, int code) {
  std::fprintf(stderr, "%s\n", sentence.c_str());
  return code;
}

int ask_about_invites(const Options& options) {
  const auto config = options.config();
  if (!config) return complain(config.error(), kWrongUsage);
  return run_invites(*options.invites, config->data);
}

int check_config(const std::string& file) {
  const auto config = load_config(file);
  if (!config) return complain(config.error(), kWrongUsage);
  if (!config->tls.certificate.empty()) {
    if (const auto usable = Server::check_tls(config->tls); !usable)
      return complain(usable.error(), kWrongUsage);
  }
  std::puts("ok");
  return 0;
}

// Every connection is an open file. What the system allows at most is what we ask for.
void allow_many_files() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
}

Result<std::unique_ptr<Store>, std::string> open_store(const Config& config, Clock& clock, Random& random,
                                                       News& news, const Executor& executor) {
  if (config.database.empty()) return SqliteStore::open({config.data, config.quota}, clock, random, executor);
  return PostgresStore::open({config.database, config.data, config.quota}, clock, random, executor, news);
}

// The listening socket that systemd started us with, if it did.
Result<std::optional<int>, std::string> passed_socket() {
  const int sockets = ::sd_listen_fds(1);
  if (sockets <= 0) return std::nullopt;
  if (sockets == 1) return SD_LISTEN_FDS_START;
  return unexpected(std::string(
      "systemd passed on several sockets, and this relay listens on one. See ListenStream= in its unit."));
}

// The network's thread leaves nothing on its stack for long (README.md, "Erasure, shown").
class StackWiper {
 public:
  explicit StackWiper(boost::asio::io_context& io) : timer_(io) { wait(); }

 private:
  void wait() {
    timer_.expires_after(std::chrono::seconds(5));
    timer_.async_wait([this](const boost::system::error_code& error) {
      if (error) return;
      wipe_stack();
      wait();
    });
  }

  boost::asio::steady_timer timer_;
};

int run(const Options& options) {
  const auto config = options.config();
  if (!config) return complain(config.error() + "\nNothing was started.", kWrongUsage);
  set_log_level(config->log);
  allow_many_files();

  SystemClock clock;
  crypto::SystemRandom random;
  Hub hub;
  Metrics metrics;
  // The store outlives the connections, and what it still answers goes to a network that no longer runs.
  boost::asio::io_context io(1);
  const auto on_network = [&io](std::function<void()> task) { boost::asio::post(io, std::move(task)); };
  WorkCheck work(on_network);
  Elsewhere elsewhere(hub);
  auto store = open_store(*config, clock, random, elsewhere, on_network);
  if (!store) return complain(store.error(), kNoStore);
  elsewhere.speak_through(**store);

  Relay shared{**store, hub, random, clock, config->quota, config->hosts, config->terms, metrics, work};
  Server server(io, shared, StaticFiles(config->web), config->limits);
  if (!config->tls.certificate.empty()) {
    if (const auto loaded = server.use_tls(config->tls); !loaded)
      return complain(loaded.error(), kWrongUsage);
  }
  const auto socket = passed_socket();
  if (!socket) return complain(socket.error(), kCannotListen);
  const auto url = *socket ? server.listen(**socket) : server.listen(config->listen);
  if (!url) return complain(url.error(), kCannotListen);
  std::unique_ptr<MetricsListener> metrics_listener;
  if (config->metrics) {
    auto opened = MetricsListener::open(*config->metrics, metrics, **store);
    if (!opened) return complain(opened.error(), kCannotListen);
    metrics_listener = std::move(*opened);
    spdlog::info("metrics are at http://{}/metrics", metrics_listener->place());
  }
  auto admin = AdminSocket::open(config->data, **store, random, clock);
  if (!admin) return complain(admin.error(), kNoStore);
  StackWiper wiper(io);
  Reload reload(options, *config, shared, server);
  server.on_hangup([&reload] { reload.now(); });
  std::printf("Tacet is at %s\n", url->c_str());
  std::fflush(stdout);
  ::sd_notifyf(0, "READY=1\nSTATUS=Serving at %s", url->c_str());
  server.run();
  return 0;
}

}  // namespace
}  // namespace tacet::relay

int main(int argc, char** argv) {
  // A log that nobody reads any more, or a file that may not grow, is an error to handle and no reason to
  // die.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  // Until there is something to be reloaded.
  std::signal(SIGHUP, SIG_IGN);
  spdlog::set_default_logger(spdlog::stderr_color_mt("relay"));
  const auto options = tacet::relay::parse_options(argc, argv);
  if (!options) return options.error();
  if (options->invites) return tacet::relay::ask_about_invites(*options);
  if (options->check) return tacet::relay::check_config(*options->check);
  return tacet::relay::run(*options);
}
