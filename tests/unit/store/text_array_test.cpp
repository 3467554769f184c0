#include "store/text_array.hpp"

#include <catch2/catch.hpp>

using orderd::store::text_array;

TEST_CASE("an array parameter quotes what PostgreSQL would read as syntax")
{
    text_array a;
    a.add("a\"b\\c,{}");
    a.add("");
    a.add_null();
    a.add_or_null("");
    a.add(std::string_view("NULL"));
    CHECK(a.text() == R"({"a\"b\\c,{}","",NULL,NULL,"NULL"})");
    CHECK(text_array().text() == "{}");
}
