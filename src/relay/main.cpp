#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <csignal>
#include <cstdio>

#include "crypto/random.h"
#include "relay/options.h"
#include "relay/store/sqlite_store.h"

namespace tacet::relay {
namespace {

constexpr int kCannotListen = 3;
constexpr int kNoStore = 4;

int complain(const std::string& sentence, int code) {
  std::fprintf(stderr, "%s\n", sentence.c_str());
  return code;
}

int run(const Options& options) {
  SystemClock clock;
  crypto::SystemRandom random;
  Hub hub;
  // The store outlives the connections, and what it still answers goes to a network that no longer runs.
  boost::asio::io_context io(1);
  auto store =
      SqliteStore::open({options.data, options.quota}, clock, random,
                        [&io](std::function<void()> task) { boost::asio::post(io, std::move(task)); });
  if (!store) return complain(store.error(), kNoStore);

  Relay shared{**store, hub, random, clock, options.quota, options.hosts};
  Server server(io, shared, StaticFiles(options.web));
  const auto url = server.listen(options.address);
  if (!url) return complain(url.error(), kCannotListen);
  std::printf("Tacet is at %s\n", url->c_str());
  std::fflush(stdout);
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
  spdlog::set_default_logger(spdlog::stderr_color_mt("relay"));
  const auto options = tacet::relay::parse_options(argc, argv);
  if (!options) return options.error();
  return tacet::relay::run(*options);
}
