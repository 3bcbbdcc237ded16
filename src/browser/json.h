// JSON, written only: what goes over to the page as a whole, and the snapshot that tests read.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace tacet::browser {

// The mirror holds texts that people wrote, so the memory is wiped when it is given back.
using WipedString = std::basic_string<char, std::char_traits<char>, WipingAllocator<char>>;

class JsonWriter {
 public:
  JsonWriter& begin(char bracket);  // '{' or '['
  JsonWriter& end(char bracket);    // '}' or ']'
  JsonWriter& key(std::string_view name);
  JsonWriter& text(std::string_view utf8);
  JsonWriter& number(double value);  // to a hundredth
  JsonWriter& flag(bool value);
  JsonWriter& raw(std::string_view json);  // one finished value

  [[nodiscard]] const WipedString& str() const { return out_; }
  [[nodiscard]] WipedString take() { return std::move(out_); }

 private:
  void separate();

  WipedString out_;
  bool first_ = true;
};

}  // namespace tacet::browser
