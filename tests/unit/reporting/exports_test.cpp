#include "orderd/reporting/provisioning.hpp"
#include "orderd/reporting/scheduled_exports.hpp"

#include <catch2/catch.hpp>

using namespace orderd;
using namespace orderd::reporting;
using namespace std::chrono_literals;

namespace {

japanese_date day(const char* digits) { return *parse_yyyymmdd(digits); }

std::string days_text(const std::vector<japanese_date>& days)
{
    std::string out;
    for (auto d : days) out += (out.empty() ? "" : " ") + to_iso_day(d);
    return out;
}

store::provisioning_site site(std::map<std::string, std::string> values) { return {"int-1", std::move(values), {}}; }

}

TEST_CASE("exports are due for every Japanese day that is over, once its hour has come")
{
    auto at = [](const char* digits, std::chrono::seconds since_midnight) {
        return tokyo_time(day(digits), since_midnight);
    };
    CHECK(days_text(days_due(at("20270301", 5h + 59min), 6h, "2027-02-27")) == "");
    CHECK(days_text(days_due(at("20270301", 6h), 6h, "2027-02-27")) == "2027-02-28");
    CHECK(days_text(days_due(at("20270301", 6h), 6h, "2027-02-28")) == "");
    CHECK(days_text(days_due(at("20270301", 6h), 6h, "")) == "2027-02-28");
    CHECK(days_text(days_due(at("20270303", 7h), 6h, "2027-02-27")) == "2027-02-28 2027-03-01 2027-03-02");
    CHECK(days_text(days_due(at("20280301", 0s), 0h, "2028-02-28")) == "2028-02-29");
    auto long_away = days_due(at("20270701", 7h), 6h, "2027-01-01");
    CHECK(long_away.size() == 31);
    CHECK(to_iso_day(long_away.front()) == "2027-05-31");
    CHECK(to_iso_day(long_away.back()) == "2027-06-30");
    CHECK(days_text(days_due(at("20270301", 6h), 6h, "2099-01-01")) == ""); // a clock that was wrong
    CHECK(days_text(days_due(at("20270301", 6h), 6h, "nonsense")) == "2027-02-28");
}

TEST_CASE("the files of a day: of that day, of its month, or as it stands")
{
    auto files = files_of_day({"results", "charges", "sites"}, day("20270131"), "xlsx");
    REQUIRE(files.size() == 3);
    CHECK(files[0] == scheduled_file{{"results", "", "2027-01-31", "2027-01-31"}, "results-2027-01-31.xlsx"});
    CHECK(files[1] == scheduled_file{{"charges", "", "2027-01-01", "2027-01-01"}, "charges-2027-01.xlsx"});
    CHECK(files[2] == scheduled_file{{"sites", "", "", ""}, "sites.xlsx"});
}

TEST_CASE("a template is filled with a site's values, escaped for where they go")
{
    using how = site_template::escaping;
    auto s = site({{"globalIp", "10.0.0.1/32"}, {"name", "a \"b\", c\\"}, {"lines", "1\n2"}});
    CHECK(site_template("ip {{ globalIp }};{{none?}}.", how::none).filled(s) == "ip 10.0.0.1/32;.");
    CHECK(site_template("", how::none).filled(s).empty());
    CHECK(site_template("{{name}}", how::none).filled(s) == "a \"b\", c\\");
    CHECK(site_template("{\"n\": \"{{name}}\", \"l\": \"{{lines}}\"}", how::json).filled(s) ==
          "{\"n\": \"a \\\"b\\\", c\\\\\", \"l\": \"1\\n2\"}");
    CHECK(site_template("x,{{name}},{{globalIp}}", how::csv).filled(s) == "x,\"a \"\"b\"\", c\\\",10.0.0.1/32");
    CHECK_THROWS_WITH(site_template("{{lines}}", how::none).filled(s), Catch::Contains("line break"));
    CHECK_THROWS_WITH(site_template("a\n\n{{nobody}}", how::none).filled(s),
                      Catch::Contains("line 3") && Catch::Contains("nobody") && Catch::Contains("globalIp"));
    CHECK_THROWS_WITH(site_template("a\n{{open", how::none), Catch::Contains("line 2"));
    CHECK_THROWS_WITH(site_template("{{ }}", how::none), Catch::Contains("names no value"));
    auto sealed = s;
    sealed.sealed_otherwise = {"key"};
    CHECK_THROWS_WITH(site_template("{{key?}}", how::none).filled(sealed), Catch::Contains("sites sync int-1"));
}

TEST_CASE("a file's name made from a site's values stays where it was told to be")
{
    CHECK(file_name_of("out/{{code}}.cfg", site({{"code", "int-1"}})) == "out/int-1.cfg");
    CHECK(file_name_of("out/{{code}}.cfg", site({{"code", "../../etc/passwd"}})) == "out/_._.._etc_passwd.cfg");
    CHECK(file_name_of("out/{{code}}", site({{"code", ".."}})) == "out/_.");
    CHECK(file_name_of("out/{{code}}", site({{"code", "東京 1号"}})) == "out/東京_1号");
}
