#include "relay/store/news.h"

#include <algorithm>

#include "base/codec.h"
#include "base/text.h"

namespace tacet::relay {
namespace {

// An item is a kind, a mailbox and a number: 25 bytes, and a third more as text, after the node's 8.
constexpr std::size_t kItemsInOne = 230;
constexpr std::size_t kItemSize = 25;

}  // namespace

std::vector<std::string> encode_news(const NodeId& node, const std::vector<News::Item>& items) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < items.size(); at += kItemsInOne) {
    Writer writer;
    writer.raw(node);
    for (std::size_t i = at; i < std::min(items.size(), at + kItemsInOne); ++i) {
      writer.u8(static_cast<std::uint8_t>(items[i].kind)).raw(items[i].mailbox).u64(items[i].number);
    }
    out.push_back(to_base64url(writer.view()));
  }
  return out;
}

std::vector<News::Item> decode_news(const NodeId& node, std::string_view text) {
  std::vector<News::Item> out;
  const auto bytes = from_base64url(text);
  if (!bytes) return out;
  Reader reader(*bytes);
  if (reader.take<NodeId>() == node) return out;
  while (reader.left() >= kItemSize) {
    News::Item item;
    item.kind = static_cast<News::Kind>(reader.u8());
    item.mailbox = reader.take<wire::MailboxId>();
    item.number = reader.u64();
    out.push_back(item);
  }
  return out;
}

}  // namespace tacet::relay
