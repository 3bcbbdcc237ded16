// The messages of one conversation: measured when they come into sight, drawn from the newest upwards,
// sticking to the bottom; those whose time is over burn away.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "client/view.h"
#include "ui/scroll.h"

namespace tacet::ui {

class Messages {
 public:
  // `attentive`: what is on screen counts as shown.
  void draw(Ui& ui, const client::ConversationView& conversation, Rect area, bool attentive);
  void to_bottom() { glide_.go(0); }

 private:
  struct Measured {
    float text_w = 0, text_h = 0;
    bool right_to_left = false;
  };
  struct Ghost {  // a copy for the last moments; wiped with its text when they are over
    client::MessageView message;
    Time since;
    std::optional<client::MessageId> after;  // whom it stood below
  };
  struct Item {
    const client::MessageView* message = nullptr;
    const Ghost* ghost = nullptr;
    bool opens_day = false, joins_above = false, joins_below = false;
  };

  void start(const client::ConversationView& conversation, float width);
  void bury(Ui& ui, const client::ConversationView& conversation);
  [[nodiscard]] std::vector<Item> items(const Ui& ui, const client::ConversationView& conversation) const;
  const Measured& measure(Ui& ui, const client::MessageView& message);
  [[nodiscard]] float height(Ui& ui, const Item& item);
  void draw_item(Ui& ui, const client::ConversationView& conversation, const Item& item, float y);
  void draw_bubble(Ui& ui, const Item& item, Rect bubble);
  void draw_expired(Ui& ui, const Item& item, float y);
  [[nodiscard]] Rect bubble_of(Ui& ui, const Item& item, float y);
  [[nodiscard]] std::string spoken(Ui& ui, const client::ConversationView& conversation,
                                   const client::MessageView& message);
  void say_item(Ui& ui, const client::ConversationView& conversation, const Item& item, Rect rect);
  void earlier_button(Ui& ui, Rect place);

  client::ContactId contact_;
  bool started_ = false;
  Rect area_;
  float widest_ = 0;
  Glide glide_;  // measured from the bottom
  std::map<client::MessageId, Measured> measured_;
  std::vector<client::MessageView> in_sight_;  // of the last frame: what may become a ghost
  std::vector<client::MessageId> order_;       // of all messages in the last frame
  std::vector<Ghost> ghosts_;
  std::set<client::MessageId> reported_;  // already told to be shown
  std::optional<client::MessageId> newest_;
};

}  // namespace tacet::ui
