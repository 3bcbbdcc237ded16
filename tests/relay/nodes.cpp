#include "nodes.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <thread>

namespace tacet::relay::testing {
namespace {

constexpr const char* kHost = "chat.example";
constexpr int kPatience = 600;  // times 100 ms

void pause() {
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
}

int free_port() {
  const int file = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  REQUIRE(::bind(file, reinterpret_cast<sockaddr*>(&address), size) == 0);
  REQUIRE(::getsockname(file, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  ::close(file);
  return ntohs(address.sin_port);
}

}  // namespace

Nodes::Nodes() {
  for (std::size_t i = 0; i < kCount; ++i) {
    const std::string data = folder_.path() + "/node" + std::to_string(i);
    // What nodes share beside the database: the first one's hour keys.
    if (i > 0) {
      std::filesystem::create_directory(data);
      std::filesystem::copy_file(folder_.path() + "/node0/hour-chain", data + "/hour-chain");
    }
    processes_.push_back(
        std::make_unique<Process>(data, std::vector<std::string>{"--database", database_, "--host", kHost}));
  }
  start_nginx();
}

Nodes::~Nodes() {
  ::kill(nginx_, SIGKILL);
  ::waitpid(nginx_, nullptr, 0);
}

void Nodes::start_nginx() {
  const std::string folder = folder_.path();
  const std::string conf = folder + "/nginx.conf";
  std::ofstream out(conf);
  out << "daemon off; master_process off; pid " << folder << "/nginx.pid; error_log " << folder
      << "/nginx.log;\n"
      << "events { worker_connections 512; }\n"
      << "http { access_log off;\n";
  for (const char* what : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"}) {
    out << what << "_temp_path " << folder << "/" << what << ";\n";
  }
  out << "map $http_upgrade $upgrade { default upgrade; '' close; }\nupstream nodes {\n";
  for (const auto& process : processes_)
    out << "server " << process->host() << " max_fails=1 fail_timeout=1s;\n";
  out << "}\n";
  for (std::size_t i = 0; i <= kCount; ++i) {
    ports_.push_back(free_port());
    out << "server { listen 127.0.0.1:" << ports_[i] << "; location / { proxy_pass http://"
        << (i < kCount ? processes_[i]->host() : "nodes")
        << "; proxy_http_version 1.1; proxy_set_header Host $http_host; proxy_set_header Upgrade "
           "$http_upgrade;"
        << " proxy_set_header Connection $upgrade; proxy_read_timeout 1h; proxy_buffering off; } }\n";
  }
  out << "}\n";
  out.close();
  nginx_ = ::fork();
  if (nginx_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const int log = ::open((folder + "/nginx.out").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    ::dup2(log, STDERR_FILENO);
    ::execl("/usr/sbin/nginx", "nginx", "-p", folder.c_str(), "-c", conf.c_str(), nullptr);
    ::_exit(127);
  }
  for (int i = 0; i < kPatience; ++i) {
    REQUIRE_MESSAGE(::waitpid(nginx_, nullptr, WNOHANG) == 0,
                    "nginx does not run (apt-get install nginx-light)");
    try {
      if (healthy(kCount)) return;
    } catch (const ConnectionLost&) {
      // It does not listen yet.
    }
    pause();
  }
  FAIL("nginx does not serve");
}

std::unique_ptr<LiveClient> Nodes::client(std::size_t node) const {
  return std::make_unique<LiveClient>(ports_.at(node), kHost);
}

std::unique_ptr<LiveClient> Nodes::client() const {
  return client(kCount);
}

bool Nodes::healthy(std::size_t node) const {
  return get(ports_.at(node), "/healthz").starts_with("HTTP/1.1 200");
}

void Nodes::wait_until_healthy() const {
  for (std::size_t node = 0; node < kCount; ++node) {
    int i = 0;
    for (; i < kPatience && !healthy(node); ++i) pause();
    REQUIRE_MESSAGE(i < kPatience, "node " << node << " does not recover");
  }
}

void Nodes::run(const std::string& sql) const {
  PgConnection super(PostgresCluster::instance().as_superuser(database_));
  super.add_once(sql);
  super.sync();
}

void Nodes::wait_for_rows(const char* sql, int count) const {
  PgConnection super(PostgresCluster::instance().as_superuser(database_));
  int i = 0;
  for (; i < kPatience && super.run(sql).count() != count; ++i) pause();
  REQUIRE_MESSAGE(i < kPatience, sql);
}

}  // namespace tacet::relay::testing
