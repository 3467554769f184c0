#include "orderd/store/credential_box.hpp"

#include <catch2/catch.hpp>

using namespace orderd::store;

namespace {
const std::string one(64, '1'), two = std::string(63, '2') + "f";
}

TEST_CASE("a sealed secret opens with its key only, for its site and name only, and unchanged only")
{
    credential_box box({one});
    for (const std::string& value : {std::string("pre-shared"), std::string(), std::string("鍵\0x", 5)}) {
        auto sealed = box.seal("int-1", "password", value);
        CHECK(sealed.hex.find("pre-shared") == std::string::npos);
        CHECK(box.open("int-1", "password", sealed) == value);
        CHECK_FALSE(box.open("int-2", "password", sealed));
        CHECK_FALSE(box.open("int-1", "username", sealed));
        auto changed = sealed;
        changed.hex.back() = changed.hex.back() == '0' ? '1' : '0';
        CHECK_FALSE(box.open("int-1", "password", changed));
        CHECK_FALSE(box.open("int-1", "password", {sealed.key_id, sealed.hex.substr(0, 20)}));
        CHECK_FALSE(box.open("int-1", "password", {sealed.key_id, "no hexadecimal"}));
        CHECK_FALSE(credential_box({two}).open("int-1", "password", sealed));
        CHECK(credential_box({two, one}).open("int-1", "password", sealed) == value);
    }
    CHECK(box.seal("a", "b", "c").hex != box.seal("a", "b", "c").hex); // a nonce of its own each time
    CHECK(box.key_id().size() == 8);
    CHECK(box.key_id() != credential_box({two}).key_id());
}

TEST_CASE("a key that is none is refused without being shown")
{
    for (const auto& wrong : {std::string(), std::string(63, 'a'), std::string(66, 'a'), std::string(64, 'x')})
        CHECK_THROWS_WITH(credential_box({wrong}),
                          Catch::Contains("64 hexadecimal digits") && !Catch::Contains(wrong.empty() ? "%" : wrong));
    CHECK_THROWS(credential_box({}));
}
