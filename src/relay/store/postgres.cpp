#include "relay/store/postgres.h"

#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>

namespace tacet::relay {
namespace {

// Object ids of types, fixed in PostgreSQL's catalogue (pg_type.dat).
constexpr unsigned kBytea = 17;
constexpr unsigned kInt8 = 20;
constexpr unsigned kText = 25;
constexpr unsigned kByteaArray = 1001;
constexpr unsigned kInt8Array = 1016;

void put32(ByteVector& out, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<Byte>(value >> shift));
}
void put64(ByteVector& out, std::int64_t value) {
  for (int shift = 56; shift >= 0; shift -= 8) {
    out.push_back(static_cast<Byte>(static_cast<std::uint64_t>(value) >> shift));
  }
}

// The head of an array of one dimension that holds no null.
ByteVector array_head(unsigned type, std::size_t count) {
  ByteVector out;
  put32(out, count == 0 ? 0 : 1);  // dimensions
  put32(out, 0);
  put32(out, type);
  if (count == 0) return out;
  put32(out, static_cast<std::uint32_t>(count));
  put32(out, 1);  // the first index
  return out;
}

// libpq's sentences end in a line feed, and some have several lines.
std::string one_line(const char* text) {
  std::string out(text);
  while (!out.empty() && out.back() == '\n') out.pop_back();
  std::replace(out.begin(), out.end(), '\n', ' ');
  return out;
}

// Without the details, in which values stand.
std::string sentence_of(const PGresult* result) {
  const char* code = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const char* message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  if (message == nullptr) return one_line(PQresultErrorMessage(result));
  return one_line(message) + (code != nullptr ? " (" + std::string(code) + ")" : "");
}

// Plans must not depend on what a table holds at the moment: every statement here is meant to use an index,
// and planning anew over all partitions would cost more than running it. Nothing may be answered before it is
// on disk. A time limit of the database's own would end a commit's wait for its standby as if it had
// succeeded: there is none.
constexpr const char* kSettings =
    "SELECT set_config(name, value, false) FROM (VALUES ('jit', 'off'), ('plan_cache_mode', "
    "'force_generic_plan'),"
    " ('enable_seqscan', 'off'), ('enable_bitmapscan', 'off'), ('enable_hashjoin', 'off'),"
    " ('enable_mergejoin', 'off'), ('statement_timeout', '0'), ('idle_in_transaction_session_timeout', '5s'),"
    " ('default_transaction_isolation', 'read committed')) AS wanted(name, value)"
    " UNION ALL SELECT set_config('synchronous_commit', 'on', false)"
    " WHERE current_setting('synchronous_commit') = 'off'";

}  // namespace

// ---- parameters

void PgParameters::add(std::int64_t value) {
  types_.push_back(kInt8);
  put64(values_.emplace_back(), value);
}

void PgParameters::add(ByteView value) {
  types_.push_back(kBytea);
  values_.emplace_back(value.begin(), value.end());
}

void PgParameters::add(std::string_view text) {
  types_.push_back(kText);
  values_.emplace_back(text.begin(), text.end());
}

void PgParameters::add(const std::vector<std::int64_t>& values) {
  types_.push_back(kInt8Array);
  ByteVector& out = values_.emplace_back(array_head(kInt8, values.size()));
  for (const std::int64_t value : values) {
    put32(out, 8);
    put64(out, value);
  }
}

void PgParameters::add(const std::vector<ByteView>& values) {
  types_.push_back(kByteaArray);
  ByteVector& out = values_.emplace_back(array_head(kBytea, values.size()));
  for (const ByteView value : values) {
    put32(out, static_cast<std::uint32_t>(value.size()));
    out.insert(out.end(), value.begin(), value.end());
  }
}

// ---- rows

void PgRows::Clear::operator()(pg_result* result) const {
  PQclear(result);
}

int PgRows::count() const {
  return PQntuples(handle_.get());
}

std::int64_t PgRows::integer(int row, int column) const {
  const ByteView bytes = blob(row, column);
  if (bytes.empty()) throw PgError("a stored number is missing");
  // Two's complement, the highest byte first, of whatever width the column has.
  std::uint64_t value = (bytes[0] & 0x80) != 0 ? ~std::uint64_t{0} : 0;
  for (const Byte byte : bytes) value = value << 8 | byte;
  return static_cast<std::int64_t>(value);
}

ByteView PgRows::blob(int row, int column) const {
  return {reinterpret_cast<const Byte*>(PQgetvalue(handle_.get(), row, column)),
          static_cast<std::size_t>(PQgetlength(handle_.get(), row, column))};
}

bool PgRows::is_null(int row, int column) const {
  return PQgetisnull(handle_.get(), row, column) != 0;
}

// ---- connection

void PgConnection::Finish::operator()(pg_conn* handle) const {
  PQfinish(handle);
}

PgConnection::PgConnection(const std::string& where) {
  // What stands before dbname is only meant if the connection string says nothing else. Of several hosts, the
  // one that takes writes.
  const char* const names[] = {"connect_timeout",  "keepalives_idle",  "keepalives_interval",
                               "keepalives_count", "tcp_user_timeout", "target_session_attrs",
                               "application_name", "dbname",           nullptr};
  const char* const values[] = {"5",          "10",          "5",           "3",    "15000",
                                "read-write", "tacet-relay", where.c_str(), nullptr};
  handle_.reset(PQconnectdbParams(names, values, 1));
  if (handle_ == nullptr) throw std::bad_alloc();
  if (PQstatus(handle_.get()) != CONNECTION_OK) fail();
  PQsetNoticeReceiver(handle_.get(), &PgConnection::take_notice, &warning_);
  if (PQsetnonblocking(handle_.get(), 1) != 0 || PQenterPipelineMode(handle_.get()) != 1) fail();
  run(kSettings);
}

void PgConnection::fail() {
  throw PgError(one_line(PQerrorMessage(handle_.get())));
}

void PgConnection::take_notice(void* warning, const pg_result* notice) {
  const char* severity = PQresultErrorField(notice, PG_DIAG_SEVERITY_NONLOCALIZED);
  if (severity != nullptr && std::string_view(severity) == "WARNING") {
    *static_cast<std::string*>(warning) = sentence_of(notice);
  }
}

void PgConnection::check(int sent) {
  if (sent != 1) fail();
}

void PgConnection::add_prepared(const char* sql, const PgParameters& parameters) {
  const int count = static_cast<int>(parameters.values_.size());
  auto known = prepared_.find(sql);
  if (known == prepared_.end()) {
    known = prepared_.emplace(sql, "s" + std::to_string(prepared_.size())).first;
    check(PQsendPrepare(handle_.get(), known->second.c_str(), sql, count, parameters.types_.data()));
    expected_.push_back(false);
  }
  std::vector<const char*> values;
  std::vector<int> lengths;
  for (const ByteVector& value : parameters.values_) {
    // Null would mean SQL's null; an empty value needs some address.
    values.push_back(value.empty() ? "" : reinterpret_cast<const char*>(value.data()));
    lengths.push_back(static_cast<int>(value.size()));
  }
  const std::vector<int> formats(parameters.values_.size(), 1);
  check(PQsendQueryPrepared(handle_.get(), known->second.c_str(), count, values.data(), lengths.data(),
                            formats.data(), 1));
  expected_.push_back(true);
}

void PgConnection::add_once(const std::string& sql) {
  check(PQsendQueryParams(handle_.get(), sql.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 1));
  expected_.push_back(true);
}

bool PgConnection::wait_for_socket(std::chrono::steady_clock::time_point deadline) {
  const int unsent = PQflush(handle_.get());
  if (unsent < 0) fail();
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  if (left.count() <= 0) return false;
  pollfd socket{PQsocket(handle_.get()), static_cast<short>(unsent != 0 ? POLLIN | POLLOUT : POLLIN), 0};
  if (::poll(&socket, 1, static_cast<int>(left.count())) == 0) return false;
  if ((socket.revents & ~POLLOUT) != 0 && PQconsumeInput(handle_.get()) != 1) fail();
  return true;
}

std::vector<PgRows> PgConnection::sync() {
  check(PQpipelineSync(handle_.get()));
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  std::vector<PgRows> out;
  for (;;) {
    while (PQisBusy(handle_.get()) != 0) {
      if (!wait_for_socket(deadline)) throw PgError("the database does not answer");
    }
    PgRows rows(PQgetResult(handle_.get()));
    const PGresult* result = rows.raw();
    if (result == nullptr) continue;  // between two statements
    switch (PQresultStatus(result)) {
      case PGRES_PIPELINE_SYNC:
        if (!warning_.empty()) throw PgError(warning_);
        return out;
      case PGRES_COMMAND_OK:
      case PGRES_TUPLES_OK: {
        const bool wanted = expected_.front();
        expected_.pop_front();
        if (wanted) out.push_back(std::move(rows));
        break;
      }
      default:
        throw PgError(sentence_of(result));
    }
  }
}

std::optional<std::string> PgConnection::notification(std::chrono::milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  for (;;) {
    if (PGnotify* notify = PQnotifies(handle_.get())) {
      std::string payload(notify->extra);
      PQfreemem(notify);
      return payload;
    }
    if (!wait_for_socket(deadline)) return std::nullopt;
  }
}

int PgConnection::server_version() const {
  return PQserverVersion(handle_.get());
}

bool has_password(const std::string& where) {
  char* ignored = nullptr;
  PQconninfoOption* const parsed = PQconninfoParse(where.c_str(), &ignored);
  PQfreemem(ignored);
  bool out = false;
  for (PQconninfoOption* option = parsed; option != nullptr && option->keyword != nullptr; ++option) {
    const std::string_view name(option->keyword);
    out = out || ((name == "password" || name == "sslpassword") && option->val != nullptr);
  }
  PQconninfoFree(parsed);
  return out;
}

}  // namespace tacet::relay
