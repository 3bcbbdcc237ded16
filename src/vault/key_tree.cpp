#include "vault/key_tree.h"

#include <cassert>

#include "base/codec.h"
#include "crypto/sealed.h"
#include "vault/derive.h"

namespace tacet::vault {
namespace {

constexpr std::string_view kNodeLabel = "vault/node";
constexpr std::string_view kChildLabel = "vault/child";

std::uint32_t prefix(Leaf leaf, std::uint8_t depth) {
  return depth == 0 ? 0 : leaf >> (4 * (KeyTree::kDepth - depth));
}

// Which child of its node at `depth` leads to the leaf.
std::uint8_t digit(Leaf leaf, std::uint8_t depth) {
  return static_cast<std::uint8_t>(prefix(leaf, static_cast<std::uint8_t>(depth + 1)) & 15);
}

TreeKey child_of(const TreeKey& seed, std::uint8_t number) {
  return derive<TreeKey>(seed, kChildLabel, Bytes<1>{{number}});
}

ByteVector node_ad(const VaultId& vault, NodeAt at, std::uint8_t copy) {
  Writer out;
  out.raw(vault).u8(at.depth).u32(at.index).u8(copy);
  return out.take();
}

}  // namespace

KeyTree::Path KeyTree::path_to(Leaf leaf) {
  Path path;
  path.slots[0] = &root_;
  while (path.last < kDepth && path.slots[path.last]->state == TreeSlot::State::stored) {
    Node* node = load({path.last, prefix(leaf, path.last)}, *path.slots[path.last]);
    if (node == nullptr) break;
    TreeSlot& slot = node->slots[digit(leaf, path.last)];
    path.slots[++path.last] = &slot;
  }
  return path;
}

std::optional<BodyKey> KeyTree::key(Leaf leaf) {
  std::uint8_t depth = kDepth;
  while (depth > 0 && (!trail_[depth].seed || trail_[depth].index != prefix(leaf, depth))) --depth;
  if (depth == 0) {
    const Path path = path_to(leaf);
    if (path.slots[path.last]->state != TreeSlot::State::seed) return std::nullopt;
    depth = path.last;
    trail_[depth] = {prefix(leaf, depth), path.slots[depth]->key};
  }
  for (; depth < kDepth; ++depth) {
    const auto below = static_cast<std::uint8_t>(depth + 1);
    trail_[below] = {prefix(leaf, below), child_of(*trail_[depth].seed, digit(leaf, depth))};
  }
  return BodyKey::from(trail_[kDepth].seed->view());
}

void KeyTree::destroy(Leaf leaf) {
  Path path = path_to(leaf);
  if (path.slots[path.last]->state != TreeSlot::State::seed) return;  // gone already, or out of reach
  trail_ = {};
  for (; path.last < kDepth; ++path.last) {
    Node& node = open_up({path.last, prefix(leaf, path.last)}, *path.slots[path.last]);
    path.slots[path.last + 1] = &node.slots[digit(leaf, path.last)];
  }
  *path.slots[kDepth] = {};
  for (std::uint8_t depth = kDepth; depth-- > 0;) {
    const NodeAt at{depth, prefix(leaf, depth)};
    const Node& node = nodes_.at(at);
    const bool empty = std::all_of(node.slots.begin(), node.slots.end(),
                                   [](const TreeSlot& slot) { return slot.state == TreeSlot::State::gone; });
    if (empty) {
      *path.slots[depth] = {};
      nodes_.erase(at);
      changed_.erase(at);
      vanished_.insert(at);
    } else {
      changed_.insert(at);
    }
  }
}

void KeyTree::rewrite(NodeAt at) {
  const Leaf leaf = at.depth == 0 ? 0 : at.index << (4 * (kDepth - at.depth));
  const Path path = path_to(leaf);
  if (path.last <= at.depth) {  // not a stored node of this tree
    vanished_.insert(at);
    return;
  }
  for (std::uint8_t depth = 0; depth <= at.depth; ++depth) changed_.insert({depth, prefix(leaf, depth)});
}

KeyTree::Node* KeyTree::load(NodeAt at, const TreeSlot& slot) {
  const auto known = nodes_.find(at);
  if (known != nodes_.end()) return &known->second;
  const auto sealed = fetch_(at);
  if (!sealed) return nullptr;
  auto node = decode(at, slot.key, *sealed);
  if (!node) return nullptr;
  return &nodes_.emplace(at, std::move(*node)).first->second;
}

KeyTree::Node& KeyTree::open_up(NodeAt at, TreeSlot& slot) {
  assert(slot.state == TreeSlot::State::seed);
  Node node;
  for (std::uint8_t i = 0; i < kFan; ++i) node.slots[i] = {TreeSlot::State::seed, child_of(slot.key, i)};
  slot = {TreeSlot::State::stored, {}};  // its key is drawn when it is sealed
  vanished_.erase(at);
  return nodes_.insert_or_assign(at, std::move(node)).first->second;
}

TreeSlot& KeyTree::slot_of(NodeAt at) {
  if (at.depth == 0) return root_;
  return nodes_.at({static_cast<std::uint8_t>(at.depth - 1), at.index >> 4}).slots[at.index & 15];
}

std::vector<KeyTree::Changed> KeyTree::seal_changed(std::size_t most, Random& random) {
  std::vector<Changed> out;
  while (out.size() < most && !changed_.empty()) {
    const NodeAt at = *changed_.rbegin();  // the deepest
    changed_.erase(at);
    TreeSlot& slot = slot_of(at);
    slot.key = random.draw<TreeKey>();
    out.push_back({at, seal(at, nodes_.at(at), slot.key, random)});
  }
  while (out.size() < most && !vanished_.empty()) {
    out.push_back({*vanished_.begin(), {}});
    vanished_.erase(vanished_.begin());
  }
  return out;
}

ByteVector KeyTree::seal(NodeAt at, const Node& node, const TreeKey& key, Random& random) const {
  std::uint32_t states = 0;
  for (std::size_t i = 0; i < kFan; ++i) states |= static_cast<std::uint32_t>(node.slots[i].state) << (2 * i);
  SecretWriter content;
  content.u32(states);
  for (const TreeSlot& slot : node.slots) {
    if (slot.state != TreeSlot::State::gone) content.raw(slot.key);
  }
  ByteVector sealed;
  for (std::uint8_t copy = 0; copy < 2; ++copy) {
    const ByteVector one = crypto::seal(key, kNodeLabel, node_ad(vault_, at, copy), content.view(), random);
    sealed.insert(sealed.end(), one.begin(), one.end());
  }
  return sealed;
}

std::optional<KeyTree::Node> KeyTree::decode(NodeAt at, const TreeKey& key, ByteView sealed) const {
  const std::size_t half = sealed.size() / 2;
  for (std::uint8_t copy = 0; copy < 2; ++copy) {
    const auto content =
        crypto::open(key, kNodeLabel, node_ad(vault_, at, copy), sealed.subspan(copy * half, half));
    if (!content) continue;
    Reader in(*content);
    const std::uint32_t states = in.u32();
    Node node;
    for (std::size_t i = 0; i < kFan; ++i) {
      const auto state = static_cast<TreeSlot::State>((states >> (2 * i)) & 3);
      if (state > TreeSlot::State::stored) in.fail();
      if (state != TreeSlot::State::gone) node.slots[i] = {state, in.take<TreeKey>()};
    }
    if (in.done()) return node;
  }
  return std::nullopt;
}

}  // namespace tacet::vault
