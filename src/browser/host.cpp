#include "browser/host.h"

#include <imgui.h>

#include <algorithm>
#include <cstdlib>

#include "browser/page.h"
#include "browser/wiping.h"

namespace tacet::browser {
namespace {

// ImGui settles pop-ups and sizes in the frames after an input.
constexpr int kFramesAfterInput = 3;
constexpr std::uint32_t kSmallStretchKib = 64 * 1024;

template <class... Cases>
struct Match : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
Match(Cases...) -> Match<Cases...>;

Time now() {
  return from_millis(static_cast<std::int64_t>(tacet_now()));
}

double millis(Time t) {
  return static_cast<double>(to_millis(t));
}

std::string boot_text(const char* name) {
  char* text = tacet_boot_text(name);
  std::string out(text);
  std::free(text);
  return out;
}

ByteVector boot_bytes(const char* name) {
  std::size_t size = 0;
  std::uint8_t* bytes = tacet_boot_bytes(name, &size);
  ByteVector out(bytes, bytes + size);
  std::free(bytes);
  return out;
}

int cursor_kind() {
  switch (ImGui::GetMouseCursor()) {
    case ImGuiMouseCursor_Hand:
      return 1;
    case ImGuiMouseCursor_TextInput:
      return 2;
    case ImGuiMouseCursor_ResizeEW:
      return 3;
    case ImGuiMouseCursor_ResizeNS:
      return 4;
    case ImGuiMouseCursor_NotAllowed:
      return 5;
    default:
      return 0;
  }
}

}  // namespace

void Host::start() {
  ImGui::CreateContext();
  ImGuiIO& io = ImGui::GetIO();
  io.IniFilename = nullptr;
  io.LogFilename = nullptr;
  io.BackendFlags |= ImGuiBackendFlags_HasMouseCursors;
  if (!renderer_.start("#canvas")) {
    tacet_unsupported("webgl2");
    return;
  }

  environment_.language = boot_text("language");
  environment_.secure_context = tacet_boot_flag("secure") != 0;
  environment_.utc_offset_minutes = tacet_utc_offset();
  if (tacet_boot_flag("securityKeys") != 0) {
    environment_.security_keys =
        tacet_boot_flag("securityKey") != 0 ? ui::SecurityKeys::set : ui::SecurityKeys::possible;
  }
  app_ = std::make_unique<ui::App>(runs_, boot_text("settings"));
  tacet_stage_start();
  app_->load_fonts(boot_bytes("regular"), boot_bytes("semibold"), environment_.pixel_ratio);
  if (const std::string link = boot_text("link"); !link.empty()) app_->invitation_link(link);

  folder_ = storage_folder(boot_text("path"));
  tacet_storage_open(folder_.c_str());
  request_frames(kFramesAfterInput);
}

void Host::invited(std::string link) {
  app_->invitation_link(std::move(link));
  request_frames(kFramesAfterInput);
}

void Host::storage_answered(StorageState state) {
  if (state == StorageState::ready) {
    files_ = storage_files(folder_);
    if (!files_) state = StorageState::missing;
  }
  storage_ = state;
  if (state == StorageState::elsewhere || state == StorageState::missing) {
    before_.phase = client::Phase::unusable;
    before_.problem =
        state == StorageState::missing ? client::Problem::storage_missing : client::Problem::open_elsewhere;
    request_frames(kFramesAfterInput);
    return;
  }
  start_messenger();
}

void Host::start_messenger() {
  client::Config config;
  config.link_base = boot_text("linkBase");
  config.deployment = deployment_of(config.link_base);
  if (!tacet_has_memory(config.stretching.memory_kib)) config.stretching.memory_kib = kSmallStretchKib;
  const auto relay = client::RelayAddress::parse(boot_text("relay"));
  if (!relay) {
    before_.phase = client::Phase::unusable;
    before_.problem = client::Problem::relay_address_bad;
    request_frames(kFramesAfterInput);
    return;
  }
  config.home_relay = *relay;
  messenger_ = std::make_unique<client::Messenger>(config, random_, *files_);
  happened(client::Started{});
}

const client::View& Host::view() const {
  return messenger_ ? messenger_->view() : before_;
}

void Host::request_frames(int count) {
  frames_wanted_ = std::max(frames_wanted_, count);
  tacet_ask_frame();
}

bool Host::frame(double at) {
  if (pixel_width_ == 0 || pixel_height_ == 0) return false;
  ImGuiIO& io = ImGui::GetIO();
  io.DisplaySize = {environment_.width, environment_.height};
  io.DisplayFramebufferScale = {environment_.pixel_ratio, environment_.pixel_ratio};
  io.DeltaTime = static_cast<float>(std::clamp((at - last_frame_) / 1000, 0.001, 0.1));
  last_frame_ = at;
  frames_wanted_ = std::max(frames_wanted_ - 1, 0);

  runs_.begin_frame(environment_.pixel_ratio, renderer_.usable());
  ImGui::NewFrame();
  ui::Output out = app_->frame(view(), environment_, now(), mirror_.take());
  ImGui::Render();
  renderer_.draw(*ImGui::GetDrawData(), pixel_width_, pixel_height_, environment_.pixel_ratio, out.burning);
  runs_.end_frame();
  mirror_.show(out.mirror);
  tacet_cursor(cursor_kind());
  ++frames_drawn_;
  if (!ready_told_) {
    ready_told_ = true;
    tacet_ready();
  }

  if (out.next_frame_at) tacet_frame_at(millis(*out.next_frame_at));
  for (const ui::HostRequest& request : out.requests) carry_out(request);
  for (client::Event& intent : out.intents) intended(std::move(intent));
  if (out.animating || mirror_.pending()) frames_wanted_ = std::max(frames_wanted_, 1);
  if (frames_wanted_ == 0) runs_.pause();
  return frames_wanted_ > 0;
}

void Host::resized(float width, float height, int pixel_width, int pixel_height, float ratio) {
  environment_.width = width;
  environment_.height = height;
  // Page zoom rounds the canvas to whole device pixels; the ratio that counts is the canvas's own.
  environment_.pixel_ratio = width > 0 ? static_cast<float>(pixel_width) / width : ratio;
  pixel_width_ = pixel_width;
  pixel_height_ = pixel_height;
  request_frames(kFramesAfterInput);
  // A canvas that changes its size is blank until it is drawn, so not at the next repaint but before this
  // one.
  if (frames_drawn_ > 0 && frame(last_frame_ + 1)) tacet_ask_frame();
}

void Host::hidden() {
  // The last dependable moment of a page's life.
  if (tacet_storage_is_dirty()) tacet_storage_sync(0);
}

void Host::context(bool restored) {
  if (restored) {
    renderer_.context_restored();
    request_frames(kFramesAfterInput);
  } else {
    renderer_.context_lost();
    runs_.context_lost();
  }
}

void Host::synced(client::Ticket ticket, std::optional<vault::FileError> failure) {
  if (ticket != 0) happened(client::Synced{ticket, failure});  // 0: our own, from hidden()
}

void Host::take_over() {
  // What was read before another tab took it may be old by now: begin again.
  if (messenger_) return tacet_reload();
  before_ = {};
  storage_ = StorageState::opening;
  tacet_storage_take_over();
  request_frames(kFramesAfterInput);
}

void Host::intended(client::Event intent) {
  // Before there is a messenger, only the way out of what keeps it from starting.
  if (!messenger_ && storage_ == StorageState::missing &&
      std::holds_alternative<client::CreateEphemeral>(intent)) {
    files_ = vault::make_memory_files();
    start_messenger();
  }
  happened(std::move(intent));
}

void Host::happened(client::Event event) {
  if (!messenger_) return;
  const bool erased = std::holds_alternative<client::EraseVault>(event);
  const client::Phase before = view().phase;
  client::Effects effects = messenger_->handle(std::move(event), now());
  for (client::Effect& effect : effects) carry_out(effect);
  if (before == client::Phase::open && view().phase != client::Phase::open) wipe_unused_stack();
  if (storage_ == StorageState::ready) guard_storage(before, erased);
}

// The browser may throw away what it stores: it is asked not to as soon as there is a message to lose, and a
// mark outside the vault tells whether there was one.
void Host::guard_storage(client::Phase before, bool erased) {
  using client::Phase;
  const client::View& now = view();
  const bool vault = now.phase == Phase::recovery || now.phase == Phase::locked || now.phase == Phase::open;
  if (now.phase != before && vault && !now.ephemeral) tacet_canary(1);
  if (now.phase == Phase::welcome && before == Phase::starting) {
    environment_.vault_evicted = tacet_boot_flag("canary") != 0;
  }
  if (erased && now.phase == Phase::welcome) {
    environment_.vault_evicted = false;
    tacet_canary(0);
  }
  if (persistence_asked_ || now.phase != Phase::open || now.ephemeral) return;
  persistence_asked_ = std::any_of(now.conversations.begin(), now.conversations.end(),
                                   [](const auto& conversation) { return !conversation.messages.empty(); });
  if (persistence_asked_) tacet_persist();
}

void Host::file_picked(ByteVector file) {
  app_->backup_chosen(std::move(file));
  request_frames(kFramesAfterInput);
}

void Host::storage_measured(const ui::Storage& storage) {
  environment_.storage = storage;
  request_frames(kFramesAfterInput);
}

void Host::carry_out(client::Effect& effect) {
  std::visit(Match{
                 [](client::Stretch& stretch) {
                   tacet_stretch(static_cast<double>(stretch.ticket), stretch.passphrase.data(),
                                 stretch.passphrase.size(), stretch.stretching.salt.data(),
                                 stretch.stretching.passes, stretch.stretching.memory_kib);
                 },
                 [](client::Sync& sync) { tacet_storage_sync(static_cast<double>(sync.ticket)); },
                 [](client::Connect& connect) {
                   tacet_socket_connect(connect.connection, connect.address.url().c_str());
                 },
                 [](client::Transmit& transmit) {
                   tacet_socket_send(transmit.connection, transmit.block.data(), transmit.block.size());
                 },
                 [](client::Hangup& hangup) { tacet_socket_close(hangup.connection); },
                 [](client::SaveBackup& backup) { tacet_save_file(backup.file.data(), backup.file.size()); },
                 [](client::AskSecurityKey& ask) {
                   tacet_ask_security_key(static_cast<double>(ask.ticket), ask.make);
                 },
                 [this](client::KeepSecurityKey& keep) {
                   tacet_keep_security_key(keep.credential.data(), keep.credential.size());
                   if (environment_.security_keys == ui::SecurityKeys::none) return;
                   environment_.security_keys =
                       keep.credential.empty() ? ui::SecurityKeys::possible : ui::SecurityKeys::set;
                 },
                 [](client::WakeAt& wake) { tacet_wake_at(millis(wake.at)); },
                 [this](client::Redraw&) { request_frames(kFramesAfterInput); },
                 [](client::Attention&) {},  // the view counts what is unseen; the page makes no sound
             },
             effect);
}

void Host::carry_out(const ui::HostRequest& request) {
  std::visit(
      Match{
          [](const ui::CopyText& copy) { tacet_copy(copy.text.data(), copy.text.size()); },
          [](const ui::KeepSettings& keep) { tacet_keep_settings(keep.text.data(), keep.text.size()); },
          [](const ui::PickBackup&) { tacet_pick_file(); },
          [](const ui::MeasureStorage&) { tacet_measure_storage(); },
          [](const ui::ReloadPage&) { tacet_reload(); },
          [this](const ui::TakeOver&) { take_over(); },
      },
      request);
}

}  // namespace tacet::browser
