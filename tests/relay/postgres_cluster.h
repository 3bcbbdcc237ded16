// A PostgreSQL of the tests' own: a cluster in a temporary folder, reachable through a socket there and
// nowhere else. It ends with the test program, whatever becomes of that.
#pragma once

#include <string>

#include "relay/store/postgres.h"
#include "store_fixture.h"

namespace tacet::relay::testing {

class PostgresCluster {
 public:
  // Started when first asked for.
  static PostgresCluster& instance();

  // Connection strings: of a new, empty database whose owner has no other rights, and of the superuser in
  // there.
  [[nodiscard]] std::string new_database();
  [[nodiscard]] std::string as_superuser(const std::string& database) const;

  // Ends every connection at once, as kill -9 would; nothing committed is lost as long as this machine runs,
  // even though it is told to spare the disk. Then it starts again.
  void stop();
  void start();

  PostgresCluster(const PostgresCluster&) = delete;
  PostgresCluster& operator=(const PostgresCluster&) = delete;
  ~PostgresCluster();

 private:
  PostgresCluster();
  [[nodiscard]] std::string address(const std::string& user, const std::string& database) const;

  TemporaryFolder folder_;
  int pid_ = 0;
  int databases_ = 0;
};

}  // namespace tacet::relay::testing
