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

  // The events for one frame. What somebody typed is seen by the app in a frame before what they did with it,
  // so that a field's value has always come back (ui::Node::value) before it is submitted.
  [[nodiscard]] std::vector<ui::MirrorEvent> take();
  [[nodiscard]] bool pending() const { return !queue_.empty(); }

 private:
  WipedString shown_;
  std::deque<ui::MirrorEvent> queue_;
};

}  // namespace tacet::browser
