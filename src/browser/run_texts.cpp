#include "browser/run_texts.h"

#include <GLES3/gl3.h>

#include "browser/page.h"

namespace tacet::browser {
namespace {

// All that changes the picture besides the text. Without padding: its bytes are hashed.
struct Measure {
  float max_width, size, line_height;
  std::uint32_t ink;
  std::uint16_t weight, max_lines;
};
static_assert(sizeof(Measure) == 20);

constexpr std::size_t kMaxLayouts = 4096;  // without a texture, a few dozen bytes each

std::uint32_t new_texture() {
  GLuint name = 0;
  glGenTextures(1, &name);
  glBindTexture(GL_TEXTURE_2D, name);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_LINEAR);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_LINEAR);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
  return name;
}

}  // namespace

ui::Run RunTexts::measure(std::string_view utf8, float max_width, const ui::RunStyle& style) {
  return look_up(utf8, max_width, style, false).run;
}

ui::Run RunTexts::draw(std::string_view utf8, float max_width, const ui::RunStyle& style) {
  return look_up(utf8, max_width, style, can_draw_).run;
}

RunTexts::Entry& RunTexts::look_up(std::string_view utf8, float max_width, const ui::RunStyle& style,
                                   bool wants_texture) {
  const Measure measures{max_width, style.size, style.line_height, style.ink, style.weight, style.max_lines};
  const auto key = crypto::blake2b_keyed(hash_key_, utf8,
                                         ByteView(reinterpret_cast<const Byte*>(&measures), sizeof measures));

  Entry& entry = entries_[key];
  entry.used_in = frame_;
  const bool laid_out = entry.run.h > 0;
  if (laid_out && (entry.run.texture != 0 || !wants_texture)) return entry;

  const std::uint32_t texture = wants_texture ? new_texture() : 0;
  RunLayout layout{};
  tacet_run_text(utf8.data(), utf8.size(), max_width, style.size, style.line_height, style.weight, style.ink,
                 style.max_lines, ratio_, texture, &layout);
  entry.run.texture = texture;
  entry.run.w = layout.width;
  entry.run.h = layout.height;
  entry.run.right_to_left = layout.right_to_left != 0;
  if (texture != 0) {
    entry.bytes = std::size_t{4} * layout.pixel_width * layout.pixel_height;
    texture_bytes_ += entry.bytes;
    // The picture is whole device pixels, the layout may end within one.
    entry.run.u1 = layout.width * ratio_ / static_cast<float>(layout.pixel_width);
    entry.run.v1 = layout.height * ratio_ / static_cast<float>(layout.pixel_height);
    if (entry.run.u1 > 1 || entry.run.v1 > 1) entry.run.u1 = entry.run.v1 = 1;  // a long text, drawn coarser
  }
  return entry;
}

void RunTexts::begin_frame(float pixel_ratio, bool can_draw) {
  ++frame_;
  can_draw_ = can_draw;
  if (pixel_ratio == ratio_) return;
  ratio_ = pixel_ratio;
  for (auto& [key, entry] : entries_) forget_texture(entry);
}

void RunTexts::end_frame() {
  while (texture_bytes_ > kMaxTextureBytes || entries_.size() > kMaxLayouts) {
    auto oldest = entries_.begin();
    for (auto it = entries_.begin(); it != entries_.end(); ++it) {
      if (it->second.used_in < oldest->second.used_in) oldest = it;
    }
    if (oldest == entries_.end() || oldest->second.used_in == frame_) return;  // all of it is on the screen
    forget_texture(oldest->second);
    entries_.erase(oldest);
  }
}

void RunTexts::pause() {
  for (auto it = entries_.begin(); it != entries_.end();) {
    if (it->second.used_in == frame_) {
      ++it;
      continue;
    }
    forget_texture(it->second);
    it = entries_.erase(it);
  }
}

void RunTexts::context_lost() {
  for (auto& [key, entry] : entries_) forget_texture(entry);
}

void RunTexts::forget_texture(Entry& entry) {
  if (entry.run.texture == 0) return;
  const auto name = static_cast<GLuint>(entry.run.texture);
  glDeleteTextures(1, &name);
  entry.run.texture = 0;
  texture_bytes_ -= entry.bytes;
  entry.bytes = 0;
}

}  // namespace tacet::browser
