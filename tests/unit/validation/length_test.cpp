#include "unit/validation/rows.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace orderd;
using namespace orderd::tests;
using c = column;

namespace {

std::vector<std::string> rules_about(const validation::judgement& judged, column field)
{
    std::vector<std::string> out;
    for (const auto& f : judged.found)
        if (f.field == info(field).name) out.push_back(f.rule);
    return out;
}

}

TEST_CASE("a value that is too long is found in every column and order, is cut, and nothing else is said about it")
{
    auto with_rules_off = today_is("20261124");
    for (const auto& rule : validation::rules()) with_rules_off.changed[std::string(rule.id)] = severity::off;
    for (const auto& of : columns())
        for (const auto& good : {partner_start(), change(), cancel()}) {
            if (of.id == c::request_key) continue; // whose own rule tells it, and cannot be switched off
            auto longest = validation::longest_value(of);
            for (auto size : {longest + 1, std::size_t{100'000}, std::size_t{10'000'000}}) {
                auto row = good;
                row[of.id] = std::string(size, '1');
                auto judged = validation::validate(row, with_rules_off);
                INFO(of.name << " " << size);
                CHECK(rules_about(judged, of.id) == std::vector<std::string>{"value_too_long"});
                CHECK_FALSE(judged.valid());
                CHECK(judged.normal[of.id].size() <= 200);
                CHECK(judged.found.front().english.find(std::to_string(size) + " bytes") != std::string::npos);
            }
            auto row = good;
            row[of.id] = std::string(longest, '1');
            auto about = rules_about(validation::validate(row, with_rules_off), of.id);
            CHECK(std::find(about.begin(), about.end(), "value_too_long") == about.end());
        }
}

TEST_CASE("where a rule of the column tells the length in characters, that is enough")
{
    for (auto field : {c::customer_site_name, c::request_key, c::installation_address}) {
        auto row = partner_start();
        row[field] = std::string(100'000, 'x');
        auto judged = validation::validate(row, today_is("20261124"));
        auto about = rules_about(judged, field);
        REQUIRE(about.size() == 1);
        CHECK(about.front().ends_with("_length"));
        CHECK(judged.normal[field].size() <= 200);
    }
}

TEST_CASE("a value that half width makes longer is measured as it is then")
{
    std::string ligature = "\xEF\xB7\xBA", text; // one sign of three bytes, eighteen characters in half width
    for (int i = 0; i < 600; ++i) text += ligature;
    auto row = partner_start();
    row[c::customer_code] = text;
    auto judged = validation::validate(row, today_is("20261124"));
    CHECK(rules_about(judged, c::customer_code) == std::vector<std::string>{"value_too_long"});
    CHECK(judged.normal[c::customer_code].size() <= 200);
}

TEST_CASE("of a row with thousands of faults the first are told, in a bounded size")
{
    auto row = change();
    std::string codes;
    for (int i = 0; i < 3'000; ++i) codes += "x|";
    row[c::change_products] = codes;
    auto judged = validation::validate(row, today_is("20261124"));
    CHECK(judged.found.size() == 100);
    CHECK_FALSE(judged.valid());
    row[c::change_products] = "1:" + std::string(10'000, 'x');
    std::size_t size = 0;
    for (const auto& f : validation::validate(row, today_is("20261124")).found) size += f.english.size();
    CHECK(size < 5'000);
}

TEST_CASE("a moment before there were databases is no moment to send at")
{
    for (auto text : {"00000101", "1900-01-01", "1969/12/31 23:59"}) {
        auto row = partner_start();
        row[c::submit_after] = text;
        auto about = rules_about(validation::validate(row, today_is("20261124")), c::submit_after);
        CHECK(std::find(about.begin(), about.end(), "submit_after_format") != about.end());
    }
}
