// Three relays over one database, behind nginx.
#pragma once

#include <memory>
#include <vector>

#include "live.h"
#include "postgres_cluster.h"

namespace tacet::relay::testing {

class Nodes {
 public:
  static constexpr std::size_t kCount = 3;

  Nodes();
  ~Nodes();
  Nodes(const Nodes&) = delete;
  Nodes& operator=(const Nodes&) = delete;

  [[nodiscard]] Process& process(std::size_t node) { return *processes_.at(node); }
  [[nodiscard]] const std::string& database() const { return database_; }

  // A connection through nginx: to that node, or to whichever nginx chooses.
  [[nodiscard]] std::unique_ptr<LiveClient> client(std::size_t node) const;
  [[nodiscard]] std::unique_ptr<LiveClient> client() const;
  [[nodiscard]] bool healthy(std::size_t node) const;
  void wait_until_healthy() const;

  // Carries out one statement as the database's superuser.
  void run(const std::string& sql) const;
  // Waits until that query has as many rows.
  void wait_for_rows(const char* sql, int count) const;

 private:
  void start_nginx();

  const std::string database_ = PostgresCluster::instance().new_database();
  TemporaryFolder folder_;
  std::vector<std::unique_ptr<Process>> processes_;
  std::vector<int> ports_;  // of nginx: one for each node, and one for all
  int nginx_ = 0;
};

}  // namespace tacet::relay::testing
