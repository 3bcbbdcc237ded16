// ui::RunText by way of the browser: layouts and textures, kept while they are used. Texts themselves are
// never kept, only a hash of them, and what was not on the last frame before a pause is deleted: a message
// that burned leaves no picture of itself behind.
#pragma once

#include <cstddef>
#include <map>

#include "base/random.h"
#include "crypto/hash.h"
#include "ui/run_text.h"

namespace tacet::browser {

class RunTexts final : public ui::RunText {
 public:
  explicit RunTexts(Random& random) { random.fill(hash_key_.span()); }

  static constexpr std::size_t kMaxTextureBytes = std::size_t{64} << 20;

  ui::Run measure(std::string_view utf8, float max_width, const ui::RunStyle& style) override;
  ui::Run draw(std::string_view utf8, float max_width, const ui::RunStyle& style) override;

  // Every frame, before the interface is drawn. A new ratio makes every texture anew. Without a graphics
  // context
  // (`can_draw` false) texts are measured only.
  void begin_frame(float pixel_ratio, bool can_draw);
  void end_frame();  // keeps below the bound: what was not drawn for longest goes first
  void pause();      // no frame follows soon: only what is on the screen stays
  void context_lost();

  [[nodiscard]] std::size_t texture_bytes() const { return texture_bytes_; }

 private:
  struct Entry {
    ui::Run run;
    std::size_t bytes = 0;      // of the texture
    std::uint64_t used_in = 0;  // frame
  };

  Entry& look_up(std::string_view utf8, float max_width, const ui::RunStyle& style, bool wants_texture);
  void forget_texture(Entry& entry);

  crypto::MacKey hash_key_;  // so that no guess at a text can be checked against what is kept
  std::map<crypto::Hash, Entry> entries_;
  std::size_t texture_bytes_ = 0;
  std::uint64_t frame_ = 0;
  float ratio_ = 1;
  bool can_draw_ = false;
};

}  // namespace tacet::browser
