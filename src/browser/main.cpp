// The program's doors: main, and every function that library/*.js calls. Pointers handed over are malloc'd by
// the caller and freed here.
#include <emscripten.h>

#include <cstdlib>
#include <memory>
#include <string>

#include "browser/host.h"
#include "browser/input.h"
#include "browser/page.h"

namespace tacet::browser {
namespace {

constexpr int kFramesAfterInput = 3;

struct Free {
  void operator()(void* memory) const { std::free(memory); }
};
using Text = std::unique_ptr<char, Free>;

std::string taken(char* text) {
  const Text owner(text);
  return text == nullptr ? std::string() : std::string(text);
}

}  // namespace

Host& host() {
  static Host* const the_host = new Host;  // lives as long as the page
  return *the_host;
}

extern "C" {

EMSCRIPTEN_KEEPALIVE int tacet_on_frame(double now) {
  return host().frame(now) ? 1 : 0;
}
EMSCRIPTEN_KEEPALIVE void tacet_on_time() {
  host().happened(client::TimePassed{});
}

EMSCRIPTEN_KEEPALIVE void tacet_on_size(float width, float height, int pixel_width, int pixel_height,
                                        float ratio, float top, float right, float bottom, float left) {
  ui::Environment& environment = host().environment();
  environment.safe_top = top;
  environment.safe_right = right;
  environment.safe_bottom = bottom;
  environment.safe_left = left;
  host().resized(width, height, pixel_width, pixel_height, ratio);
}
EMSCRIPTEN_KEEPALIVE void tacet_on_preferences(int dark, int still, int contrast, int coarse, int online) {
  ui::Environment& environment = host().environment();
  environment.theme = dark ? ui::Theme::dark : ui::Theme::light;
  environment.reduced_motion = still != 0;
  environment.more_contrast = contrast != 0;
  environment.coarse_pointer = coarse != 0;
  const bool back_online = online != 0 && !environment.online;
  environment.online = online != 0;
  if (back_online) host().happened(client::RetryNow{});
  host().request_frames(kFramesAfterInput);
}
EMSCRIPTEN_KEEPALIVE void tacet_on_attention(int has_focus, int hidden) {
  host().environment().has_focus = has_focus != 0;
  host().environment().utc_offset_minutes = tacet_utc_offset();
  if (hidden) {
    host().hidden();
  } else {
    host().happened(client::TimePassed{});  // the page may have slept
  }
  host().request_frames(kFramesAfterInput);
}
EMSCRIPTEN_KEEPALIVE void tacet_on_context(int restored) {
  host().context(restored != 0);
}

EMSCRIPTEN_KEEPALIVE void tacet_on_pointer(int kind, float x, float y, int button, int touch) {
  input::pointer(static_cast<input::PointerKind>(kind), x, y, button, touch != 0);
  host().request_frames(kFramesAfterInput);
}
EMSCRIPTEN_KEEPALIVE void tacet_on_wheel(float dx, float dy) {
  input::wheel(dx, dy);
  host().request_frames(kFramesAfterInput);
}
EMSCRIPTEN_KEEPALIVE void tacet_on_key(int key, int down) {
  input::key(key, down != 0);
  host().request_frames(kFramesAfterInput);
}
// `kind` counts as ui::MirrorEvent::Kind does. Null texts are empty.
EMSCRIPTEN_KEEPALIVE void tacet_on_mirror(int kind, char* id, char* text) {
  host().mirror().happened({static_cast<ui::MirrorEvent::Kind>(kind), taken(id), taken(text)});
  host().request_frames(kFramesAfterInput);
}

EMSCRIPTEN_KEEPALIVE void tacet_on_link(char* fragment) {
  host().invited(taken(fragment));
}

EMSCRIPTEN_KEEPALIVE void tacet_on_connected(std::uint32_t id) {
  host().happened(client::Connected{id});
}
EMSCRIPTEN_KEEPALIVE void tacet_on_disconnected(std::uint32_t id) {
  host().happened(client::Disconnected{id});
}
EMSCRIPTEN_KEEPALIVE void tacet_on_block(std::uint32_t id, std::uint8_t* block, std::size_t length) {
  client::BlockArrived arrived{id, ByteVector(block, block + length)};
  std::free(block);
  host().happened(std::move(arrived));
}

// `key`: 32 bytes, or null when there was not enough memory.
EMSCRIPTEN_KEEPALIVE void tacet_on_stretched(double ticket, std::uint8_t* key) {
  client::Stretched stretched;
  stretched.ticket = static_cast<client::Ticket>(ticket);
  if (key != nullptr) {
    stretched.key = vault::StretchedKey::from({key, vault::StretchedKey::size});
    wipe({key, vault::StretchedKey::size});
    std::free(key);
  }
  host().happened(std::move(stretched));
}

EMSCRIPTEN_KEEPALIVE void tacet_on_storage(int state) {
  host().storage_answered(static_cast<StorageState>(state));
}
EMSCRIPTEN_KEEPALIVE void tacet_on_synced(double ticket, int outcome) {
  std::optional<vault::FileError> failure;
  if (outcome != 0) failure = outcome == 1 ? vault::FileError::no_space : vault::FileError::failed;
  host().synced(static_cast<client::Ticket>(ticket), failure);
}
EMSCRIPTEN_KEEPALIVE void tacet_on_measured(double used, double available, int kept) {
  host().storage_measured(
      {static_cast<std::uint64_t>(used), static_cast<std::uint64_t>(available), kept != 0});
}
EMSCRIPTEN_KEEPALIVE void tacet_on_file(std::uint8_t* content, std::size_t length) {
  host().file_picked({content, content + length});
  std::free(content);
}
// `key`: 32 bytes, or null, and then `unfit` says whether this can never work.
EMSCRIPTEN_KEEPALIVE void tacet_on_security_key(double ticket, std::uint8_t* key, std::uint8_t* credential,
                                                std::size_t length, int unfit) {
  client::SecurityKeyAnswered answer;
  answer.ticket = static_cast<client::Ticket>(ticket);
  answer.problem = unfit != 0 ? client::Problem::security_key_unfit : client::Problem::security_key_refused;
  if (key != nullptr) {
    answer.key = vault::StretchedKey::from({key, vault::StretchedKey::size});
    answer.credential = {credential, credential + length};
    wipe({key, vault::StretchedKey::size});
    std::free(key);
    std::free(credential);
  }
  host().happened(std::move(answer));
}
EMSCRIPTEN_KEEPALIVE void tacet_on_taken() {
  host().happened(client::VaultTakenElsewhere{});
}

// For tests, by way of window.__tacet. The caller frees it.
EMSCRIPTEN_KEEPALIVE char* tacet_snapshot() {
  const WipedString json = host().snapshot();
  auto* out = static_cast<char*>(std::malloc(json.size() + 1));
  std::copy(json.begin(), json.end(), out);
  out[json.size()] = '\0';
  return out;
}

}  // extern "C"
}  // namespace tacet::browser

// The program goes on after main; the page's events drive it.
int main() {
  tacet::browser::host().start();
}
