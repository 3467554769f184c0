#include "intake/file_name.hpp"
#include "intake/take_name.hpp"
#include "orderd/core/text.hpp"

#include <catch2/catch.hpp>

using namespace orderd;
using namespace orderd::intake;

namespace {

std::string repeated(const std::string& text, int times)
{
    std::string out;
    for (int i = 0; i < times; ++i) out += text;
    return out;
}

}

TEST_CASE("a name that fits stays; a longer one is cut at a character, keeps its extension and stays different")
{
    CHECK(short_name("orders.csv") == "orders.csv");
    CHECK(short_name(std::string(longest_name, 'a')) == std::string(longest_name, 'a'));
    for (const auto& name :
         {repeated("拠", 74) + ".csv", "x" + repeated("拠", 74) + ".csv", "xy" + repeated("𠮷", 60) + ".csv",
          std::string(255, 'a'), std::string(255, '\x83'), std::string(200, '.') + "csv"}) {
        auto cut = short_name(name);
        CHECK(cut.size() <= longest_name);
        CHECK(cut.size() > longest_name - 4);
        CHECK(valid_utf8(cut) == valid_utf8(name));
        CHECK(short_name(name) == cut);
        CHECK(short_name(cut) == cut);
        auto other = name;
        other[201 < name.size() ? 201 : 190] ^= 1;
        CHECK(short_name(other) != cut);
    }
    CHECK(short_name(repeated("拠", 74) + ".csv").ends_with(".csv"));
}

TEST_CASE("the name of a file in processing tells its taking, and what it was before it grew")
{
    auto read = take_name::read(take_name{"17-4-2", batch_id{31}, "a~b.csv"}.text());
    CHECK(read.take_id == "17-4-2");
    CHECK(read.grown_from == batch_id{31});
    CHECK(read.name == "a~b.csv");
    CHECK_FALSE(take_name::read("17-4-2~a.grown-3.csv").grown_from);
    CHECK(take_name::read("17-4-2~a.grown-3.csv").name == "a.grown-3.csv");
    CHECK_FALSE(take_name::read("17.grown-~x.csv").grown_from);
    CHECK_FALSE(take_name::read("17.grown-99999999999999999999~x.csv").grown_from);
    CHECK(take_name::read("no mark").name == "no mark");
}
