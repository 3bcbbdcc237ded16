// The page's side of the program: what happens goes into the messenger, what the messenger wants done goes to
// the browser, and a frame is drawn when there is a reason to.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "browser/mirror_link.h"
#include "browser/renderer.h"
#include "browser/run_texts.h"
#include "browser/storage.h"
#include "client/messenger.h"
#include "crypto/random.h"
#include "ui/app.h"

namespace tacet::browser {

class Host {
 public:
  void start();

  // ---- what the browser tells (exports.cpp)
  [[nodiscard]] bool frame(double now);  // true: another one, please
  void request_frames(int count);
  void resized(float width, float height, int pixel_width, int pixel_height, float ratio);
  ui::Environment& environment() { return environment_; }
  void hidden();
  void invited(std::string link);
  void context(bool restored);
  MirrorLink& mirror() { return mirror_; }
  void storage_answered(StorageState state);
  void synced(client::Ticket ticket, std::optional<vault::FileError> failure);
  void storage_measured(const ui::Storage& storage);
  void file_picked(ByteVector file);
  void happened(client::Event event);

  [[nodiscard]] WipedString snapshot() const;

 private:
  void start_messenger();
  void carry_out(client::Effect& effect);
  void carry_out(const ui::HostRequest& request);
  void intended(client::Event intent);
  void take_over();
  void guard_storage(client::Phase before, bool erased);
  [[nodiscard]] const client::View& view() const;

  crypto::SystemRandom random_;
  RunTexts runs_{random_};
  Renderer renderer_;
  MirrorLink mirror_;
  ui::Environment environment_;
  std::unique_ptr<ui::App> app_;

  StorageState storage_ = StorageState::opening;
  std::string folder_;
  std::unique_ptr<vault::Files> files_;
  std::unique_ptr<client::Messenger> messenger_;
  client::View before_;  // shown while there is no messenger

  int pixel_width_ = 0, pixel_height_ = 0;
  int frames_wanted_ = 0;
  double last_frame_ = 0;
  std::uint64_t frames_drawn_ = 0;
  bool ready_told_ = false;
  bool persistence_asked_ = false;
};

Host& host();

}  // namespace tacet::browser
