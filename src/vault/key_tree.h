// The keys of bodies: leaves of a tree out of which single leaves can be destroyed (README.md, "Keys of
// bodies"). Knows no files: what it reads comes through Fetch, what it changes is taken from seal_changed().
#pragma once

#include <functional>
#include <map>
#include <set>

#include "vault/vault_file.h"

namespace tacet::vault {

using Leaf = std::uint32_t;
using BodyKey = Secret<32, struct BodyKeyTag>;

struct NodeAt {
  std::uint8_t depth = 0;   // 0: the root
  std::uint32_t index = 0;  // the first `depth` digits, of 4 bits, of the leaves below
  auto operator<=>(const NodeAt&) const = default;
};

class KeyTree {
 public:
  static constexpr std::size_t kFan = 16;
  static constexpr std::uint8_t kDepth = 8;

  // The sealed bytes of a stored node; nothing when they are lost.
  using Fetch = std::function<std::optional<ByteVector>(NodeAt)>;

  KeyTree(const VaultId& vault, TreeSlot root, Fetch fetch)
      : vault_(vault), root_(std::move(root)), fetch_(std::move(fetch)) {}

  // Nothing when the leaf is destroyed, or a node above it is lost.
  [[nodiscard]] std::optional<BodyKey> key(Leaf leaf);

  void destroy(Leaf leaf);
  // Whatever is stored at this place is not what this tree knows: write it again.
  void rewrite(NodeAt at);

  struct Changed {
    NodeAt at;
    ByteVector sealed;  // empty: there is no such node any more
  };
  // The next changed nodes, sealed under fresh keys, those below first. None: root() is what they hang from.
  [[nodiscard]] std::vector<Changed> seal_changed(std::size_t most, Random& random);
  [[nodiscard]] const TreeSlot& root() const { return root_; }

 private:
  struct Node {
    std::array<TreeSlot, kFan> slots;
  };
  // Every node from the root down to the last stored one above `leaf`.
  struct Path {
    std::array<TreeSlot*, kDepth + 1> slots{};
    std::uint8_t last = 0;  // slots[last] is a seed, gone, or belongs to a node that is lost
  };

  Path path_to(Leaf leaf);
  Node* load(NodeAt at, const TreeSlot& slot);
  Node& open_up(NodeAt at, TreeSlot& slot);
  [[nodiscard]] ByteVector seal(NodeAt at, const Node& node, const TreeKey& key, Random& random) const;
  [[nodiscard]] std::optional<Node> decode(NodeAt at, const TreeKey& key, ByteView sealed) const;
  TreeSlot& slot_of(NodeAt at);

  VaultId vault_;
  TreeSlot root_;
  Fetch fetch_;
  std::map<NodeAt, Node> nodes_;  // all that were met
  std::set<NodeAt> changed_;
  std::set<NodeAt> vanished_;
  // The seeds on the way to the last leaf asked for, by depth.
  struct Trail {
    std::uint32_t index = 0;
    std::optional<TreeKey> seed;
  };
  std::array<Trail, kDepth + 1> trail_;
};

}  // namespace tacet::vault
