// SQLite with types and scopes. Errors are the exception SqliteError, which never leaves the store: a
// transaction that meets one is undone as a whole.
#pragma once

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

#include "base/bytes.h"

struct sqlite3;
struct sqlite3_stmt;

namespace tacet::relay {

class SqliteError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class Database {
 public:
  enum class Mode { write, read };

  Database(const std::string& path, Mode mode);
  void execute(const char* sql);
  // The first column of the first row of a pragma or query without parameters.
  [[nodiscard]] std::int64_t integer(const char* sql);
  [[nodiscard]] bool in_transaction() const;
  // Gives back the memory of pages read or written, in which deleted rows may be.
  void forget_pages();
  [[nodiscard]] sqlite3* handle() const { return handle_.get(); }

 private:
  struct Close {
    void operator()(sqlite3* handle) const;
  };
  std::unique_ptr<sqlite3, Close> handle_;
};

// The rows of a running statement, which is reset when they go out of scope.
class Rows {
 public:
  explicit Rows(sqlite3_stmt* statement) : statement_(statement) {}
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;
  ~Rows();

  bool next();
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] ByteView blob(int column) const;  // valid until next()
  [[nodiscard]] bool is_null(int column) const;
  template <class Fixed>
  [[nodiscard]] Fixed bytes(int column) const {
    const auto value = Fixed::from(blob(column));
    if (!value) throw SqliteError("a stored value has the wrong size");
    return *value;
  }

 private:
  sqlite3_stmt* statement_;
};

// Prepared once, run many times; never twice at once.
class Statement {
 public:
  Statement(Database& database, const char* sql);

  template <class... Arguments>
  [[nodiscard]] Rows run(const Arguments&... arguments) {
    int index = 0;
    (bind(++index, arguments), ...);
    return Rows(handle_.get());
  }
  template <class... Arguments>
  void execute(const Arguments&... arguments) {
    Rows rows = run(arguments...);
    while (rows.next()) {
    }
  }

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* handle) const;
  };
  void bind(int index, std::int64_t value);
  void bind(int index, ByteView value);
  void bind(int index, std::nullptr_t);
  template <class Fixed>
  requires requires(const Fixed& v) { view_of(v); }
  void bind(int index, const Fixed& value) { bind(index, view_of(value)); }

  std::unique_ptr<sqlite3_stmt, Finalize> handle_;
};

// Begins; undoes everything at its end unless commit() came before.
class Transaction {
 public:
  explicit Transaction(Database& database);
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();
  void commit();

 private:
  Database& database_;
  bool open_ = true;
};

}  // namespace tacet::relay
