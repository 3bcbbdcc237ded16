// What happened at other nodes over the same store and matters to readers at this one.
#pragma once

#include <string>
#include <vector>

#include "wire/messages.h"

namespace tacet::relay {

// A reader's claim to a mailbox. Of two, the one with the higher number is the newer, over all nodes.
struct Claim {
  wire::MailboxId mailbox;
  std::uint64_t number = 0;
};

class News {
 public:
  enum class Kind : std::uint8_t { arrived = 1, low_stock = 2, claimed = 3 };
  struct Item {
    Kind kind = Kind::arrived;
    wire::MailboxId mailbox;
    std::uint64_t number = 0;  // low_stock: how many are left; claimed: the claim's
  };

  virtual ~News() = default;
  virtual void heard(const std::vector<Item>& items) = 0;
  // Anything may have happened since the last word: look at everything again.
  virtual void missed() = 0;
};

// Items as text of at most 7900 bytes each (what NOTIFY carries), marked with the node that says them.
using NodeId = Bytes<8, struct NodeIdTag>;
[[nodiscard]] std::vector<std::string> encode_news(const NodeId& node, const std::vector<News::Item>& items);
// Nothing of what this node said itself, or of what is not news.
[[nodiscard]] std::vector<News::Item> decode_news(const NodeId& node, std::string_view text);

}  // namespace tacet::relay
