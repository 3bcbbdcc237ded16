// Carries ui::Mirror to the page's elements, only when something in it changed, and their events back.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "browser/json.h"
#include "ui/mirror.h"

namespace tacet::browser {

class MirrorLink {
 public:
  void show(const ui::Mirror& mirror);

  void happened(ui::MirrorEvent event) { queue_.push_back(std::move(event)); }

  // The events for one frame: at most one submission, because a screen sends one thing per frame. While
  // something is left over, elements are ahead of the app, and show() leaves their text alone.
  [[nodiscard]] std::vector<ui::MirrorEvent> take();
  [[nodiscard]] bool pending() const { return !queue_.empty(); }

 private:
  WipedString shown_;
  std::deque<ui::MirrorEvent> queue_;
};

}  // namespace tacet::browser
