#include "vault/world.h"

namespace tacet::test {
namespace {

using vault::Error;

TEST_CASE("what was committed can be read, also after opening again") {
  World world;
  world.commit(puts({put(key_of(1, 1), "hello"), put(key_of(1, 2), ""), put(key_of(2, 1), "other kind")}));
  for (int pass = 0; pass < 2; ++pass) {
    CHECK(as_text(*world.vault->read(key_of(1, 1))) == "hello");
    CHECK(world.vault->read(key_of(1, 2))->empty());
    CHECK(as_text(*world.vault->read(key_of(2, 1))) == "other kind");
    CHECK(world.vault->read(key_of(3, 1)).error() == Error::not_found);
    CHECK(world.vault->damaged_records() == 0);
    world.reopen();
  }
}

TEST_CASE("records of one kind are listed as they were written, with their expiry") {
  World world;
  const Time soon = kStart + 1min;
  world.commit(puts({put(key_of(1, 9), "c"), put(key_of(1, 1), "a", soon), put(key_of(2, 0), "x")}));
  world.commit(puts({put(key_of(1, 5), "b")}));
  for (int pass = 0; pass < 2; ++pass) {
    const auto list = world.vault->records(1);
    REQUIRE(list.size() == 3);
    CHECK(list[0].key == key_of(1, 1));  // of one commit: in key order
    CHECK(list[0].expires_at == soon);
    CHECK(list[1].key == key_of(1, 9));
    CHECK(!list[1].expires_at);
    CHECK(list[2].key == key_of(1, 5));
    CHECK(list[1].sequence < list[2].sequence);
    world.reopen();
  }
}

TEST_CASE("later puts win, and erases win over puts of the same batch") {
  World world;
  vault::Batch batch =
      puts({put(key_of(1, 1), "first"), put(key_of(1, 1), "second"), put(key_of(1, 2), "x")});
  batch.erases = {key_of(1, 2), key_of(1, 3)};
  world.commit(batch);
  for (int pass = 0; pass < 2; ++pass) {
    CHECK(as_text(*world.vault->read(key_of(1, 1))) == "second");
    CHECK(world.vault->read(key_of(1, 2)).error() == Error::not_found);
    CHECK(world.vault->records(1).size() == 1);
    world.reopen();
  }
  world.commit(puts({put(key_of(1, 2), "back")}));
  world.reopen();
  CHECK(as_text(*world.vault->read(key_of(1, 2))) == "back");
}

TEST_CASE("a value of a megabyte is a value like any other") {
  World world;
  const std::string big(1 << 20, 'x');
  world.commit(puts({put(key_of(1, 1), big), put(key_of(1, 2), "small")}));
  settle(*world.vault, world.files);
  world.commit(puts({put(key_of(1, 3), "next segment")}));
  world.reopen();
  CHECK(as_text(*world.vault->read(key_of(1, 1))) == big);
  CHECK(as_text(*world.vault->read(key_of(1, 2))) == "small");
  CHECK(as_text(*world.vault->read(key_of(1, 3))) == "next segment");
}

TEST_CASE("the files have the sizes of the worked example in README.md") {
  World world;
  world.commit(puts({put(key_of(1, 1), "hello")}));
  REQUIRE(world.files.content().size() == 2);
  CHECK(world.files.content().at("vault").size() == 1766);
  for (const auto& [name, bytes] : world.files.content()) {
    if (name == "vault") continue;
    CHECK(name.size() == 32);
    CHECK(bytes.size() == 385);
    CHECK(as_text(ByteView(bytes).first(4)) == "TVgh");
    CHECK(as_text(ByteView(bytes).last(4)) == "TVgt");
  }
  world.commit({{}, {key_of(1, 1)}});
  CHECK(world.vault->stored_bytes() == 1766 + 385 + 308);
}

TEST_CASE("files in memory keep a vault as well") {
  const auto files = vault::make_memory_files();
  SeededRandom random(3);
  {
    auto made = vault::create(*files, random, cheap(), stretched(1), kStart);
    REQUIRE(made.has_value());
    REQUIRE((*made)->commit(puts({put(key_of(1, 1), "kept")})).has_value());
  }
  const auto opened = vault::open(*files, random, stretched(1), kStart);
  REQUIRE(opened.has_value());
  CHECK(as_text(*(*opened)->read(key_of(1, 1))) == "kept");
}

TEST_CASE("destroying a vault removes its files and nothing else") {
  World world;
  world.commit(puts({put(key_of(1, 1), "x")}));
  REQUIRE(world.files.append("notes.txt", as_bytes("mine")).has_value());
  world.vault.reset();
  REQUIRE(vault::destroy(world.files).has_value());
  CHECK(world.files.content().size() == 1);
  CHECK(vault::stretching_of(world.files).error() == Error::no_vault);
  world.restart_empty();
  CHECK(world.vault->records(1).empty());
}

}  // namespace
}  // namespace tacet::test
