// Every ciphertext at rest is a committing seal: the files are taken apart to the last byte.
#include "crypto/hash.h"
#include "crypto/sealed.h"
#include "vault/key_tree.h"
#include "vault/segment_scanner.h"
#include "vault/world.h"

namespace tacet::test {
namespace {

using namespace tacet::vault;

// What a seal is (src/crypto/README.md): it opens under its key and label, and under neither when a bit of
// the key or of the commitment is another.
void check_seal(ByteView sealed, Secret<32> key, std::string_view label, ByteView ad) {
  REQUIRE(crypto::open(key, label, ad, sealed).has_value());
  CHECK(!crypto::open(key, "vault/other", ad, sealed).has_value());
  ByteVector other(sealed.begin(), sealed.end());
  other[24] ^= 1;  // the commitment: nonce 24 ‖ commitment 32 ‖ …
  CHECK(!crypto::open(key, label, ad, other).has_value());
  key.span()[0] ^= 1;
  CHECK(!crypto::open(key, label, ad, sealed).has_value());
}

template <class Key>
Secret<32> plain(const Key& key) {
  return *Secret<32>::from(key.view());
}

Secret<32> derived(const Secret<32>& key, std::string_view label, ByteView rest) {
  return *Secret<32>::from(crypto::blake2b_keyed(*crypto::MacKey::from(key.view()), label, rest).view());
}

ByteVector join(std::initializer_list<ByteView> parts) {
  ByteVector out;
  for (const ByteView part : parts) out.insert(out.end(), part.begin(), part.end());
  return out;
}

TEST_CASE("every byte in the files is a committing seal, a public field or a checksum") {
  World world(1);
  SeededRandom same(1);
  const auto vault_key = same.draw<VaultKey>();  // the first thing that create() draws
  world.commit(puts({put(key_of(1, 1), "one"), put(key_of(1, 2), "two")}));
  vault::Put open = put(key_of(2, 1), "always");
  open.always_readable = true;
  world.commit(puts({open}));
  world.commit({{}, {key_of(1, 1)}});
  settle(*world.vault, world.files);
  world.later(10s);
  settle(*world.vault, world.files);

  // The vault file: two equal halves of preamble, slots, checksum, manifest, root, checksum.
  const ByteVector& bytes = world.files.content().at("vault");
  const ByteView half = ByteView(bytes).first(bytes.size() / 2);
  CHECK(std::equal(half.begin(), half.end(), bytes.begin() + static_cast<std::ptrdiff_t>(half.size())));
  auto file = decode_vault_file(bytes);
  REQUIRE(file.has_value());
  const ByteView preamble = half.first(66);
  const Bytes<1> first{{0}};
  check_seal(half.subspan(66, 104), derived(plain(stretched(7)), "vault/slot", first.view()), "vault/slot",
             join({preamble, first.view()}));
  const ByteView manifest_bytes = half.subspan(66 + 416 + 32, half.size() - 66 - 416 - 32 - 105 - 32);
  check_seal(manifest_bytes, plain(vault_key), "vault/manifest", preamble);
  const auto manifest = open_manifest(*file, vault_key);
  REQUIRE(manifest.has_value());
  const auto root_key = epoch_key(manifest->epoch.local, ShareHalf{});
  const auto root = open_root(*file, root_key, manifest->epoch);
  REQUIRE(root.has_value());
  ByteVector root_ad = join({preamble});
  for (const std::uint64_t number : {manifest->epoch.number, manifest->epoch.share}) {
    for (int i = 0; i < 8; ++i) root_ad.push_back(static_cast<Byte>(number >> (8 * i)));
  }
  check_seal(half.subspan(half.size() - 32 - 105, 105), plain(root_key), "vault/root", root_ad);

  // The segments: groups of head, index, bodies, index, tail, without a gap.
  std::map<NodeAt, ByteVector> nodes;
  struct Body {
    RecordHeader header;
    ByteVector sealed;
  };
  std::vector<Body> bodies;
  for (const auto& [name, content] : world.files.content()) {
    if (name == "vault") continue;
    SegmentScanner scanner(world.files, vault_key, file->id, *parse_segment_file_name(name), content.size(),
                           false);
    std::uint64_t end = 0;
    for (;;) {
      const auto group = scanner.next();
      REQUIRE(group.has_value());
      if (!*group) break;
      CHECK((*group)->place.offset == end);
      end = (*group)->end;
      const auto from = static_cast<std::size_t>((*group)->place.offset);
      const auto bodies_at = static_cast<std::size_t>((*group)->bodies_at);
      const ByteView whole = ByteView(content).subspan(from, static_cast<std::size_t>(end) - from);
      const std::size_t index = bodies_at - from - 12;
      std::size_t bodies_length = 0;
      for (const RecordHeader& header : (*group)->headers) {
        const ByteView sealed = ByteView(content).subspan(bodies_at + bodies_length, header.body_length);
        bodies_length += header.body_length;
        if (header.body_length == 0) continue;
        if (header.key.kind == kNodeKind) {
          nodes[node_of(header.key)] = {sealed.begin(), sealed.end()};
        } else {
          bodies.push_back({header, {sealed.begin(), sealed.end()}});
        }
      }
      CHECK(whole.size() == 12 + index + bodies_length + index + 12);
      for (const Byte copy : {Byte{0}, Byte{1}}) {
        ByteVector ad = join({file->id.view(), (*group)->place.segment.view()});
        for (int i = 0; i < 8; ++i) ad.push_back(static_cast<Byte>((*group)->place.offset >> (8 * i)));
        ad.push_back(copy);
        for (int i = 0; i < 4; ++i) ad.push_back(static_cast<Byte>(index >> (8 * i)));
        for (int i = 0; i < 4; ++i) ad.push_back(static_cast<Byte>(bodies_length >> (8 * i)));
        const std::size_t at = copy == 0 ? 12 : 12 + index + bodies_length;
        check_seal(whole.subspan(at, index), plain(vault_key), "vault/index", ad);
      }
    }
    CHECK(end == content.size());
  }

  // Bodies and nodes open under the keys of the tree, the destroyed one under none.
  std::size_t opened_nodes = 0;
  KeyTree tree(file->id, *root, [&](NodeAt at) -> std::optional<ByteVector> {
    ++opened_nodes;
    return nodes.at(at);
  });
  std::size_t destroyed = 0;
  for (const auto& [header, sealed] : bodies) {
    const auto key = header.leaf ? tree.key(*header.leaf)
                                 : std::optional(plain_body_key(vault_key, header.key, header.sequence));
    if (!key) {
      ++destroyed;
      continue;
    }
    const Bytes<1> kind{{header.key.kind}};
    check_seal(sealed, plain(*key), "vault/body", join({file->id.view(), kind.view(), header.key.id.view()}));
  }
  CHECK(destroyed <= 1);
  CHECK(opened_nodes == 8);
  CHECK(nodes.size() == 8);
  check_seal(ByteView(nodes.at({0, 0})).first(nodes.at({0, 0}).size() / 2), plain(root->key), "vault/node",
             join({file->id.view(), ByteVector(6, 0)}));
}

}  // namespace
}  // namespace tacet::test
