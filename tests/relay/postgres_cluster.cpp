#include "postgres_cluster.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <thread>

namespace tacet::relay::testing {
namespace {

namespace fs = std::filesystem;

// Debian keeps each version's programs apart.
std::string program(const std::string& name) {
  for (int version = 30; version >= 15; --version) {
    std::string path = "/usr/lib/postgresql/" + std::to_string(version) + "/bin/" + name;
    if (fs::exists(path)) return path;
  }
  FAIL("PostgreSQL 15 or newer is not installed (apt-get install postgresql)");
  return "";
}

// PostgreSQL refuses to run as root.
const passwd* other_user() {
  return ::getuid() == 0 ? ::getpwnam("postgres") : nullptr;
}

int spawn(const std::vector<std::string>& command, const std::string& log) {
  const passwd* user = other_user();
  std::vector<char*> argv;
  for (const std::string& word : command) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  const int pid = ::fork();
  if (pid != 0) return pid;
  const int file = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  ::dup2(file, STDOUT_FILENO);
  ::dup2(file, STDERR_FILENO);
  if (user != nullptr &&
      (::setgroups(0, nullptr) != 0 || ::setgid(user->pw_gid) != 0 || ::setuid(user->pw_uid) != 0)) {
    ::_exit(126);
  }
  ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
  ::execv(argv[0], argv.data());
  ::_exit(127);
}

std::string text_of(const std::string& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

PostgresCluster& PostgresCluster::instance() {
  static PostgresCluster cluster;
  return cluster;
}

PostgresCluster::PostgresCluster() {
  if (const passwd* user = other_user()) {
    REQUIRE(::chown(folder_.path().c_str(), user->pw_uid, user->pw_gid) == 0);
  }
  const std::string log = folder_.path() + ".log";
  const int pid = spawn({program("initdb"), "--pgdata=" + folder_.path() + "/cluster", "--username=super",
                         "--auth=trust", "--no-sync", "--no-instructions", "--encoding=UTF8", "--no-locale"},
                        log);
  int status = 0;
  ::waitpid(pid, &status, 0);
  REQUIRE_MESSAGE(status == 0, text_of(log));
  start();
  PgConnection super(as_superuser("postgres"));
  super.add_once("CREATE ROLE relay LOGIN");
  super.sync();
}

PostgresCluster::~PostgresCluster() {
  stop();
  fs::remove(folder_.path() + ".log");
}

void PostgresCluster::start() {
  const std::string log = folder_.path() + ".log";
  pid_ =
      spawn({program("postgres"), "-D", folder_.path() + "/cluster", "-k", folder_.path(), "-c",
             "listen_addresses=", "-c", "max_connections=60", "-c", "shared_buffers=64MB", "-c", "fsync=off"},
            log);
  for (int i = 0; i < 600; ++i) {
    try {
      PgConnection(as_superuser("postgres"));
      return;
    } catch (const PgError&) {
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
  }
  FAIL(text_of(log));
}

void PostgresCluster::stop() {
  if (pid_ == 0) return;
  ::kill(pid_, SIGQUIT);
  ::waitpid(pid_, nullptr, 0);
  pid_ = 0;
}

std::string PostgresCluster::address(const std::string& user, const std::string& database) const {
  return "postgresql:///" + database + "?host=" + folder_.path() + "&user=" + user;
}

std::string PostgresCluster::new_database() {
  const std::string name = "tacet" + std::to_string(++databases_);
  PgConnection super(as_superuser("postgres"));
  super.add_once("CREATE DATABASE " + name + " OWNER relay");
  super.sync();
  return address("relay", name);
}

std::string PostgresCluster::as_superuser(const std::string& database) const {
  // The name, or what new_database() gave.
  const std::size_t slashes = database.rfind("///");
  if (slashes == std::string::npos) return address("super", database);
  return address("super", database.substr(slashes + 3, database.find('?') - slashes - 3));
}

}  // namespace tacet::relay::testing
