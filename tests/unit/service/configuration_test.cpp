#include "orderd/service/configuration.hpp"
#include "unit/files.hpp"

#include <catch2/catch.hpp>
#include <regex>

using namespace orderd::service;
using Catch::Matchers::Contains;
using namespace std::chrono_literals;

namespace {
const std::string needed = "database.url = \"postgresql://x@h/d\"\n";
std::string wrong(const std::string& text)
{
    try {
        parse_configuration(needed + text, "orderd.toml");
    } catch (const configuration_error& e) {
        return e.what();
    }
    return "nothing is wrong";
}
}

TEST_CASE("a rule that can no longer be lowered stays an error, and the configuration that lowers it still starts")
{
    auto c = parse_configuration("database.url = \"x\"\n[validation.severity]\nchange_products_format = \"warning\"\n"
                                 "line_id_format = \"off\"\noverwrite_check_flag_format = \"error\"\n",
                                 "orderd.toml");
    REQUIRE(c.warnings.size() == 1);
    CHECK_THAT(c.warnings[0], Contains("orderd.toml, line 3: the rule \"change_products_format\" stays an error") &&
                                  Contains("Take the line out"));
    CHECK(c.severities.size() == 1);
}

TEST_CASE("a wrong configuration says what, where and how to mend it")
{
    CHECK_THAT(wrong("[submission]\nmax_in_flght = 3"),
               Contains("orderd.toml, line 3") && Contains("did you mean \"submission.max_in_flight\""));
    CHECK_THAT(wrong("[submission]\nmax_in_flight = \"3\""), Contains("whole number from 1 to 1024"));
    CHECK_THAT(wrong("[submission]\nmax_in_flight = 0"), Contains("whole number from 1 to 1024"));
    CHECK_THAT(wrong("api.base_url = \"api.customer.jp\""), Contains("must begin with https://"));
    CHECK_THAT(wrong("tracking.interval = 5"), Contains("duration such as \"30s\""));
    CHECK_THAT(wrong("tracking.interval = \"5 minutes\""), Contains("duration"));
    CHECK_THAT(wrong("log.level = \"loud\""), Contains("one of \"debug\", \"info\""));
    CHECK_THAT(wrong("submission = 3"), Contains("must be a table"));
    CHECK_THAT(wrong("[validation.severity]\nlan_adress_required = \"off\""),
               Contains("did you mean \"lan_address_required\""));
    CHECK_THAT(wrong("[validation.severity]\nlan_address_required = \"mild\""),
               Contains("\"error\", \"warning\" or \"off\""));
    CHECK_THAT(wrong("[validation.severity]\norder_type_unknown = \"off\""), Contains("cannot be changed"));
    CHECK_THAT(wrong("submission.settle_time = \"10s\""), Contains("must not be shorter than api.request_timeout"));
    CHECK_THAT(wrong("x = \"unclosed"), Contains("line 2"));
    CHECK_THROWS_WITH(parse_configuration("", "f"), Contains("database.url is missing"));
    CHECK_THROWS_WITH(read_configuration("/nowhere/orderd.toml"), Contains("cannot be read"));
}

TEST_CASE("a configuration or secret that cannot be read says why")
{
    auto reason_of = [](auto read) {
        try {
            read();
            return std::string("none");
        } catch (const configuration_error& e) {
            return std::string(e.what());
        }
    };
    CHECK_THAT(reason_of([] { read_configuration("/nowhere/orderd.toml"); }), Contains("No such file or directory"));
    CHECK_THAT(reason_of([] { read_configuration("/dev/null/orderd.toml"); }), Contains("Not a directory"));
    CHECK_THAT(reason_of([] { read_configuration("/tmp/" + std::string(300, 'x')); }), Contains("File name too long"));
    configuration c;
    c.api.client_secret_file = c.database.credential_key_file = c.operations.operator_password_file = "/nowhere/secret";
    for (auto read : {+[](const configuration& of) { read_client_secret(of); },
                      +[](const configuration& of) { read_credential_box(of); },
                      +[](const configuration& of) { read_operator_password(of); }})
        CHECK_THAT(reason_of([&] { read(c); }), Contains("/nowhere/secret") && Contains("No such file or directory"));
    c.api.client_secret_file = "/dev/null";
    CHECK_THAT(reason_of([&] { read_client_secret(c); }), Contains("/dev/null") && Contains("empty"));
    c.api.client_secret_file = "/tmp";
    CHECK_THAT(reason_of([&] { read_client_secret(c); }), Contains("Is a directory"));
}

TEST_CASE("durations have units")
{
    CHECK(parse_duration("500ms") == 500ms);
    CHECK(parse_duration("1h30m") == 90min);
    CHECK(parse_duration("2d") == 48h);
    for (auto text : {"", "5", "s", "5x", "-5s", "9999999999s", "5s "}) CHECK_FALSE(parse_duration(text));
}

TEST_CASE("the example names every key with its default, and no other")
{
    auto text = orderd::tests::source_file("config/orderd.toml");
    auto c = parse_configuration(text, "orderd.toml");
    configuration defaults;
    CHECK(c.submission.max_in_flight == defaults.submission.max_in_flight);
    CHECK(c.submission.settle_time == defaults.submission.settle_time);
    CHECK(c.submission.lease == defaults.submission.lease);
    CHECK(c.submission.backoff_cap == defaults.submission.backoff_cap);
    CHECK(c.tracking.interval == defaults.tracking.interval);
    CHECK(c.tracking.catalogue_interval == defaults.tracking.catalogue_interval);
    CHECK(c.api.request_timeout == defaults.api.request_timeout);
    CHECK(c.api.base_url == defaults.api.base_url);
    CHECK(c.operations.stop_timeout == defaults.operations.stop_timeout);
    CHECK(c.operations.listen == defaults.operations.listen);
    for (const auto& key : configuration_keys()) {
        auto dot = key.rfind('.');
        INFO(key);
        CHECK(std::regex_search(
            text, std::regex("\\[" + key.substr(0, dot) + "\\][^\\[]*\\n" + key.substr(dot + 1) + " = ")));
    }
}

TEST_CASE("a full-width character outside quotation marks is named with its line")
{
    auto said = [](const std::string& toml) {
        try {
            parse_configuration(toml, "orderd.toml");
        } catch (const configuration_error& e) {
            return std::string(e.what());
        }
        return std::string();
    };
    CHECK_THAT(said("[log]\nlevel =　\"info\"\n"), Contains("line 2: \"　\" stands outside quotation marks"));
    CHECK_THAT(said("[log]\nlevel = \"\\é\"\n"), Contains("line 2"));
    CHECK_THAT(said("[log]\nlevel = \"\"\"\\\n  é\"\"\"\n"), Contains("line 3"));
    CHECK_THAT(said("[log]\nlevel = 1!\"info\"\n"), Contains("line 2"));
    CHECK_THAT(said("[log]\nlevel = \"in\"\"fo\"\n"), Contains("line 2"));
    CHECK_THAT(said("[log]\nlevel = ”info”\n"), Contains("line 2") && Contains("”"));
    CHECK_THAT(said("# 日本語\n[operations] # 名前\ninstance_name = \"\"\"一\n二\"\"\"\nÎ = 1\n"), Contains("line 5"));
    CHECK_THAT(said("a = '\né"), Contains("line 2"));
    CHECK(said("\xEF\xBB\xBF# 東京\n[operations]\ninstance_name = \"東\\\"京#\" # é\n").find("quotation") ==
          std::string::npos);
}
