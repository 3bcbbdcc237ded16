// A stage for the interface without a screen: an ImGui context, a browser's text made of equal characters, a
// clock.
#pragma once

#include <imgui.h>

#include <cmath>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "base/text.h"
#include "client/view.h"
#include "ui/app.h"

namespace tacet::test {

// Every character is half as wide as high; wraps anywhere.
class FixedRuns : public ui::RunText {
 public:
  ui::Run measure(std::string_view utf8, float max_width, const ui::RunStyle& style) override {
    ++measured;
    float line = 0, widest = 0, lines = 1;
    for (const char c : utf8) {
      if ((static_cast<unsigned char>(c) & 0xC0) == 0x80) continue;
      if (c == '\n' || line + style.size / 2 > max_width) {
        ++lines;
        line = 0;
      }
      if (c != '\n') line += style.size / 2;
      widest = std::max(widest, line);
    }
    if (style.max_lines > 0) lines = std::min(lines, static_cast<float>(style.max_lines));
    ui::Run run;
    run.w = widest;
    run.h = lines * style.line_height;
    return run;
  }
  ui::Run draw(std::string_view utf8, float max_width, const ui::RunStyle& style) override {
    ui::Run run = measure(utf8, max_width, style);
    run.texture = 7;
    drawn.emplace_back(utf8);
    return run;
  }
  int measured = 0;
  std::vector<std::string> drawn;
};

inline ByteVector font_file(const char* name) {
  ByteVector out;
  std::FILE* file = std::fopen((std::string("/usr/share/fonts/opentype/inter/") + name).c_str(), "rb");
  if (file == nullptr) return out;
  Byte part[4096];
  for (std::size_t n = 0; (n = std::fread(part, 1, sizeof part, file)) > 0;)
    out.insert(out.end(), part, part + n);
  std::fclose(file);
  return out;
}

class Stage {
 public:
  explicit Stage(float width = 1280, float height = 800, std::string kept = {}) : app(runs, std::move(kept)) {
    ImGui::CreateContext();
    ImGuiIO& io = ImGui::GetIO();
    io.IniFilename = nullptr;
    io.BackendFlags |= ImGuiBackendFlags_RendererHasTextures;
    static const ByteVector regular = font_file("Inter-Regular.otf"),
                            semibold = font_file("Inter-SemiBold.otf");
    app.load_fonts(regular, semibold, 1);
    env.width = width;
    env.height = height;
    env.coarse_pointer = width < 700;
  }
  ~Stage() { ImGui::DestroyContext(); }
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  // One frame; intents and requests pile up until forgotten.
  const ui::Output& frame(const std::vector<ui::MirrorEvent>& events = {}) {
    ImGuiIO& io = ImGui::GetIO();
    io.DisplaySize = {env.width, env.height};
    io.DisplayFramebufferScale = {env.pixel_ratio, env.pixel_ratio};
    io.DeltaTime = 1.0f / 60;
    runs.drawn.clear();
    ImGui::NewFrame();
    out = app.frame(view, env, now, events);
    ImGui::Render();
    for (ImTextureData* texture : ImGui::GetPlatformIO().Textures) {
      if (texture->Status == ImTextureStatus_WantCreate) texture->SetTexID(1);
      const bool gone = texture->Status == ImTextureStatus_WantDestroy;
      texture->SetStatus(gone ? ImTextureStatus_Destroyed : ImTextureStatus_OK);
      if (gone) texture->SetTexID(ImTextureID_Invalid);
    }
    for (auto& intent : out.intents) intents.push_back(std::move(intent));
    for (auto& request : out.requests) requests.push_back(std::move(request));
    if (!out.mirror.announcement.empty()) announcements.push_back(out.mirror.announcement);
    if (!out.mirror.focus.empty()) focus = out.mirror.focus;
    now += Millis(16);
    return out;
  }
  // Until nothing moves; fails by returning false.
  bool settle(int frames = 200) {
    for (int i = 0; i < frames; ++i) {
      if (!frame().animating) return true;
    }
    return false;
  }

  void activate(const std::string& id) { send({ui::MirrorEvent::Kind::activated, id, ""}); }
  void type(const std::string& id, const std::string& text) {
    send({ui::MirrorEvent::Kind::typed, id, text});
  }
  void submit(const std::string& id) { send({ui::MirrorEvent::Kind::submitted, id, ""}); }
  void focus_on(const std::string& id) { send({ui::MirrorEvent::Kind::focused, id, ""}); }
  void escape() { send({ui::MirrorEvent::Kind::escaped, "", ""}); }
  void send(ui::MirrorEvent event) {
    frame({std::move(event)});
    settle();
  }
  void click(float x, float y) {
    ImGuiIO& io = ImGui::GetIO();
    io.AddMousePosEvent(x, y);
    frame();
    io.AddMouseButtonEvent(0, true);
    frame();
    io.AddMouseButtonEvent(0, false);
    frame();
    io.AddMousePosEvent(-10000, -10000);
    settle();
  }
  void click(const std::string& id) {
    const ui::Node* n = node(id);
    if (n != nullptr) click(n->rect.x + n->rect.w / 2, n->rect.y + n->rect.h / 2);
  }

  [[nodiscard]] const ui::Node* node(std::string_view id) const {
    for (const ui::Node& n : out.mirror.nodes) {
      if (n.id == id) return &n;
    }
    return nullptr;
  }
  // The last intent of this kind, if there was one.
  template <class T>
  [[nodiscard]] const T* intent() const {
    for (auto it = intents.rbegin(); it != intents.rend(); ++it) {
      if (const T* found = std::get_if<T>(&*it)) return found;
    }
    return nullptr;
  }
  template <class T>
  [[nodiscard]] const T* request() const {
    for (const auto& r : requests) {
      if (const T* found = std::get_if<T>(&r)) return found;
    }
    return nullptr;
  }

  FixedRuns runs;
  ui::App app;
  client::View view;
  ui::Environment env;
  Time now = from_millis(1'731'420'000'000);  // 12 November 2024, 14:00 UTC
  ui::Output out;
  std::vector<client::Event> intents;
  std::vector<ui::HostRequest> requests;
  std::vector<std::string> announcements;
  std::string focus;
};

inline SecretVector secret(std::string_view text) {
  const ByteView bytes = as_bytes(text);
  return {bytes.begin(), bytes.end()};
}

template <class Id>
Id id_of(Byte n) {
  Id id;
  for (Byte& b : id.raw) b = static_cast<Byte>(n * 31 + (&b - id.raw.data()) * 7);
  return id;
}

inline client::MessageView message(Byte n, bool mine, std::string_view text, Time at) {
  client::MessageView m;
  m.id = id_of<client::MessageId>(n);
  m.mine = mine;
  m.text = secret(text);
  m.sent_at = m.received_at = at;
  m.expires_at = at + Days(6);
  m.delivery = client::Delivery::delivered;
  return m;
}

inline client::ConversationView conversation(Byte n, std::string name, Time at) {
  client::ConversationView c;
  c.contact = id_of<client::ContactId>(n);
  c.fingerprint = id_of<client::Fingerprint>(n);
  c.name = std::move(name);
  c.last_activity = at;
  c.relay = "relay.example.org";
  c.safety_number = "38221 90417 55120 07714 62093 18846 40175 99320 11867 73058 26419 50932";
  return c;
}

inline std::string row_of(const client::ConversationView& c) {
  return "conversation." + to_hex(c.contact.view());
}

// An open vault: Ada (accepted, verified), Bob (accepted, silent), a stranger's request, one who has not
// accepted.
inline client::View open_view(Time now) {
  using namespace client;
  View v;
  v.phase = Phase::open;
  v.my_name = "Nora";
  v.home_relay = {true, "relay.example.org", "/relay"};
  RelayView relay;
  relay.address = v.home_relay;
  relay.state = RelayView::State::online;
  v.relays.push_back(relay);
  ConversationView ada = conversation(1, "Ada", now - Minutes(5));
  ada.verified = true;
  ada.verified_at = now - Days(20);
  ada.clocks.burn_after = Seconds(30);
  ada.messages.push_back(message(1, false, "Are you still at the archive?", now - Minutes(20)));
  ada.messages.push_back(message(2, true, "Until three.", now - Minutes(15)));
  ada.messages.push_back(message(3, false, "", now - Minutes(12)));
  ada.messages.back().kind = MessageKind::expired_unread;
  ada.messages.push_back(message(
      4, false, "The documents are in the second folder, left shelf, behind the door.", now - Minutes(5)));
  ada.unseen = 2;
  v.conversations.push_back(ada);
  v.conversations.push_back(conversation(2, "Bob", now - Days(1)));
  ConversationView stranger = conversation(3, "", now - Hours(1));
  stranger.state = ContactState::request_received;
  stranger.messages.push_back(message(5, false, "Hello, see https://tacet.example/#abc", now - Hours(1)));
  v.conversations.push_back(stranger);
  ConversationView asked = conversation(4, "Lev", now - Hours(2));
  asked.state = ContactState::request_sent;
  asked.messages.push_back(message(6, true, "It is me.", now - Hours(2)));
  v.conversations.push_back(asked);
  v.conversations.push_back(conversation(5, "Source 14", now - Days(9)));
  return v;
}

}  // namespace tacet::test
