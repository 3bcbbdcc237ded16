// One linked pair of shaders from shaders/.
#pragma once

#include <cstdint>

namespace tacet::browser {

class Program {
 public:
  // Asserts that the sources compile: they are ours and embedded.
  void build(const char* vertex_source, const char* fragment_source);
  void use() const;
  [[nodiscard]] int uniform(const char* name) const;
  // The context is gone, and the program with it.
  void forget() { name_ = 0; }

 private:
  std::uint32_t name_ = 0;
};

}  // namespace tacet::browser
