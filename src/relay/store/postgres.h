// PostgreSQL with types, by libpq in pipeline mode: statements are gathered and cost one round trip together.
// Errors are the exception PgError, which never leaves the store; whoever meets one throws the connection
// away, and with it whatever was not committed.
#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/bytes.h"

struct pg_conn;
struct pg_result;

namespace tacet::relay {

class PgError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// What one statement takes, in PostgreSQL's binary format.
class PgParameters {
 public:
  template <class... Values>
  explicit PgParameters(const Values&... values) {
    (add(values), ...);
  }

 private:
  friend class PgConnection;

  void add(std::int64_t value);
  void add(ByteView value);
  void add(std::string_view text);
  void add(const std::vector<std::int64_t>& values);
  void add(const std::vector<ByteView>& values);
  template <class Fixed>
  requires requires(const Fixed& v) { v.view(); }
  void add(const Fixed& value) { add(value.view()); }
  void add(const ByteVector& value) { add(ByteView(value)); }

  std::vector<unsigned> types_;
  std::vector<ByteVector> values_;
};

// All rows of a finished statement.
class PgRows {
 public:
  explicit PgRows(pg_result* result) : handle_(result) {}

  [[nodiscard]] const pg_result* raw() const { return handle_.get(); }
  [[nodiscard]] int count() const;
  [[nodiscard]] bool empty() const { return count() == 0; }
  [[nodiscard]] std::int64_t integer(int row, int column) const;  // also of a boolean
  [[nodiscard]] ByteView blob(int row, int column) const;         // valid as long as the rows are
  [[nodiscard]] bool is_null(int row, int column) const;
  template <class Fixed>
  [[nodiscard]] Fixed bytes(int row, int column) const {
    const auto value = Fixed::from(blob(row, column));
    if (!value) throw PgError("a stored value has the wrong size");
    return *value;
  }

 private:
  struct Clear {
    void operator()(pg_result* result) const;
  };
  std::unique_ptr<pg_result, Clear> handle_;
};

class PgConnection {
 public:
  // Nothing waits longer than this for the database.
  static constexpr std::chrono::seconds kPatience{15};

  // `where`: a URI or any other connection string of libpq.
  explicit PgConnection(const std::string& where);
  PgConnection(const PgConnection&) = delete;
  PgConnection& operator=(const PgConnection&) = delete;

  // Joins what the next sync() carries out. Prepared once for each connection; the text outlives it.
  template <class... Values>
  void add(const char* sql, const Values&... values) {
    add_prepared(sql, PgParameters(values...));
  }
  // Without parameters, and not prepared.
  void add_once(const std::string& sql);

  // One round trip. The rows of each statement added, in order. A warning counts as an error: a commit that
  // gave up waiting for its standby says it with no more than that.
  std::vector<PgRows> sync();

  template <class... Values>
  PgRows run(const char* sql, const Values&... values) {
    add(sql, values...);
    return std::move(sync().back());
  }

  // The payload of the next notification, if one comes in time.
  std::optional<std::string> notification(std::chrono::milliseconds patience);

  [[nodiscard]] int server_version() const;

 private:
  struct Finish {
    void operator()(pg_conn* handle) const;
  };
  void add_prepared(const char* sql, const PgParameters& parameters);
  void check(int sent);
  // True when the socket had something to say before the deadline.
  bool wait_for_socket(std::chrono::steady_clock::time_point deadline);
  [[noreturn]] void fail();
  static void take_notice(void* warning, const pg_result* notice);

  std::string warning_;  // outlives the handle

  std::unique_ptr<pg_conn, Finish> handle_;
  std::map<const char*, std::string> prepared_;  // by the text's address
  std::deque<bool> expected_;                    // of each result to come, whether someone wants its rows
};

// Whether a password stands in the connection string itself, where a list of processes would show it.
[[nodiscard]] bool has_password(const std::string& where);

}  // namespace tacet::relay
