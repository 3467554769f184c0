#include "stage.hpp"

#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

// What verbs say to people who err, and with which exit code.
using namespace orderd::tests;
using Catch::Matchers::Contains;

namespace {

long occurrences(const std::string& text, const std::string& of)
{
    long n = 0;
    for (auto at = text.find(of); at != text.npos; at = text.find(of, at + 1)) ++n;
    return n;
}

}

TEST_CASE("a site that the provider does not know is said once and asked for some times only")
{
    stage s;
    s.start_and_wait();
    s.insert_starts(1);
    s.wait_for_end();
    wait_until("the site",
               [&] { return s.sql("select count(*) from report.site where global_ip is not null") == "1"; });
    auto known = s.sql("select code from orderd.site");

    auto asked = s.verb({"sites", "sync", "nosuch", known, "nosuch"});
    CHECK(asked.code == 1);
    CHECK_THAT(asked.output, Contains("2 sites are read again"));
    CHECK_THAT(asked.errors, Contains("nosuch") && Contains("known here") && !Contains(known));
    CHECK(s.verb({"sites", "sync", known}).code == 0);
    auto as_json = s.verb({"sites", "sync", "nosuch", "--json"});
    CHECK(json::parse(as_json.output).at("not_known_here").as_array().size() == 1);
    CHECK(s.verb({"sites", "sync", "no such"}).code == 2);
    CHECK(s.verb({"sites", "sync", "拠点"}).code == 2);
    CHECK(s.verb({"sites", "sync", ""}).code == 2);

    wait_until("the daemon to ask", [&] { return s.log().find("nosuch") != std::string::npos; });
    wait_until("it to ask no more", [&] {
        s.sql("update orderd.site_refresh set due_at = now()");
        s.verb({"sites", "sync", known}); // which is answered in between
        return s.sql("select count(*) from orderd.site_refresh where code = 'nosuch'") == "0";
    });
    auto log = s.log();
    INFO(log);
    CHECK_THAT(log, Contains("4000137"));
    CHECK(occurrences(log, "nosuch") <= 2); // that it is not told, and at the end that it is not asked for
    CHECK(occurrences(log, "reading sites is") == 0);
    CHECK(s.stop_daemon() == 0);
}

TEST_CASE("an api.base_url without its path is named by log, check and verbs, and nothing is said to be back")
{
    stage s;
    REQUIRE(s.verb({"migrate"}).code == 0);
    auto right = s.verb({"check"});
    CHECK_THAT(right.output, Contains("products are told by http://") && Contains("/infoIpoE/v2"));
    auto config = read_file(s.config_file());
    auto base = config.find("/infoIpoE/v2\"");
    REQUIRE(base != std::string::npos);
    auto from = config.rfind('"', base) + 1;
    auto url = config.substr(from, base - from);
    write_file(s.config_file(), config.erase(base, std::string("/infoIpoE/v2").size()));

    auto check = s.verb({"check"});
    INFO(check.output);
    CHECK(check.code == 2);
    CHECK_THAT(check.output, Contains("a token was given") && Contains(url + "/customerProducts") &&
                                 Contains("api.base_url") && Contains("404"));
    for (auto verb : {"products", "sites"}) {
        auto synced = s.verb({verb, "sync"});
        CHECK(synced.code == 3);
        CHECK_THAT(synced.errors, Contains(url + "/customer") && Contains("api.base_url"));
    }
    s.start_daemon();
    auto said = [&](const std::string& words) { return s.log().find(words) != std::string::npos; };
    wait_until("both lists to be asked for",
               [&] { return said("the product catalogue is away") && said("the list of sites is away"); });
    CHECK_THAT(s.log(), Contains(url + "/customerProducts") && Contains(url + "/customerSites"));
    auto looked = [&] { return s.sql("select until from orderd.duty where name = 'books'"); };
    for (int beat = 0; beat < 2; ++beat) // nothing is due then, and nothing was read
        wait_until("the next look at the list of sites", [&, before = looked()] { return looked() != before; });
    CHECK_THAT(s.log(), !Contains("is back"));
    s.stop_daemon();
}

TEST_CASE("a word that is no UTF-8 is refused by every verb, and so is a name that nothing has")
{
    stage s;
    REQUIRE(s.verb({"migrate"}).code == 0);
    REQUIRE(s.verb({"products", "sync"}).code == 0);
    write_file(s.directory() + "/shops.csv", stage::starts_csv(2));
    REQUIRE(s.verb({"import", s.directory() + "/shops.csv"}).code == 0);
    REQUIRE(s.verb({"batches", "pause", "shops"}).code == 0);

    using words = std::vector<std::string>;
    for (const std::string bad : {"\xff", "caf\xe9", "\x93\x8c\x8b\x9e", "\xed\xa0\x80"})
        for (const auto& verb : {
                 words{"batches", "show", bad},
                 words{"batches", "pause", bad},
                 words{"batches", "resume", bad},
                 words{"batches", "withdraw", bad, "--yes"},
                 words{"batches", "approve", bad, "--yes"},
                 words{"batches", "decline", "shops", "--yes", "--why", bad},
                 words{"status", "--batch", bad},
                 words{"export", "--batch", bad},
                 words{"export", bad},
                 words{"export", "--since", bad},
                 words{"export", "--month", bad},
                 words{"export", "--format", bad},
                 words{"orders", "show", bad},
                 words{"orders", "list", "--batch", bad},
                 words{"orders", "list", "--text", bad},
                 words{"orders", "list", "--line", bad},
                 words{"orders", "list", "--site", bad},
                 words{"orders", "list", "--error", bad},
                 words{"orders", "list", "--state", bad},
                 words{"orders", "list", "--since", bad},
                 words{"orders", "hold", bad},
                 words{"orders", "hold", "K0", "--why", bad},
                 words{"orders", "release", "--text", bad, "--yes"},
                 words{"orders", "resolve", bad},
                 words{"orders", "resolve", "K0", "--order-code", bad},
                 words{"orders", "reconcile", "--since", bad},
                 words{"sites", "show", bad},
                 words{"sites", "sync", bad},
                 words{"sites", "list", "--text", bad},
                 words{"sites", "list", "--status", bad},
                 words{"sites", "differences", "--kind", bad},
                 words{"documentation", bad},
                 words{bad},
             }) {
            auto told = s.verb(verb);
            INFO(verb[0] << " " << (verb.size() > 1 ? verb[1] : "") << ": " << told.errors);
            CHECK(told.code == 2);
            CHECK_THAT(told.errors, !Contains("the database"));
        }
    for (const auto& verb : {
             words{"batches", "show", "shosp"},
             words{"status", "--batch", "shosp"},
             words{"export", "--batch", "shosp"},
             words{"orders", "list", "--batch", "shosp"},
             words{"orders", "release", "--batch", "shosp", "--yes"},
             words{"orders", "retry", "--batch", "shosp", "--yes"},
             words{"orders", "hold", "--batch", "shosp", "--yes"},
             words{"orders", "withdraw", "--batch", "shosp", "--yes"},
             words{"orders", "search-again", "--batch", "shosp", "--yes"},
         }) {
        auto told = s.verb(verb);
        INFO(verb[0] << " " << verb[1]);
        CHECK(told.code == 2);
        CHECK(told.output.empty());
        CHECK_THAT(told.errors, Contains("there is no batch \"shosp\"") && Contains("did you mean \"shops\"?"));
    }
    CHECK(s.count("held") == 2);
    CHECK(s.verb({"orders", "retry", "K0", "--batch", "other"}).code == 2); // orders, or those that match
}

TEST_CASE("a verb, option or number that does not exist is named, with the nearest and what there is")
{
    stage s({.start_provider = false});
    auto wrong = [&](std::vector<std::string> words) {
        auto told = s.verb(std::move(words));
        CHECK(told.code == 2);
        CHECK(told.output.empty());
        CHECK(told.errors.size() < 1'000);
        return told.errors;
    };
    CHECK_THAT(wrong({"nosuchverb"}), Contains("there is no verb \"nosuchverb\"") && Contains("run, check"));
    CHECK_THAT(wrong({"staus"}), Contains("did you mean \"status\"?"));
    CHECK_THAT(wrong({"nosuchverb", "--yes"}), Contains("there is no verb \"nosuchverb\""));
    CHECK_THAT(wrong({"orders", "lsit"}), Contains("there is no verb \"orders lsit\"") && Contains("\"list\"?"));
    CHECK_THAT(wrong({"orders"}), Contains("`orders` has list, show"));
    CHECK_THAT(wrong({}), Contains("a verb is missing") && Contains("run, check"));
    CHECK_THAT(wrong({"orders", "list", "--bacth", "x"}),
               Contains("`orders list` has no option --bacth") && Contains("--batch"));
    CHECK_THAT(wrong({"migrate", "now"}), Contains("`migrate` takes no word \"now\""));
    for (auto times : {"0", "-1", "x", "99999999999999999999", "1e9"})
        CHECK_THAT(wrong({"status", "--watch", "--times", times}), Contains("--times") && Contains("1000000"));
}

TEST_CASE("a file that cannot be written or does not exist is said with the reason, and is no defect")
{
    stage s;
    REQUIRE(s.verb({"migrate"}).code == 0);
    auto told = s.verb({"export", "--output", "/nonexistent/x"});
    CHECK(told.code == 2);
    CHECK_THAT(told.errors, Contains("/nonexistent/x") && Contains("No such file or directory"));
    for (auto format : {"csv", "jsonl", "xlsx"}) {
        auto in_a_file = s.verb({"export", "--format", format, "--output", s.config_file() + "/x"});
        CHECK(in_a_file.code == 2);
        CHECK_THAT(in_a_file.errors, Contains("Not a directory"));
        CHECK(s.verb({"export", "--format", format, "--output", s.directory()}).code == 2);
    }
    auto pipe = s.directory() + "/pipe";
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    for (auto format : {"csv", "jsonl", "xlsx"}) {
        auto in_a_pipe = s.verb({"export", "--format", format, "--output", pipe});
        CHECK(in_a_pipe.code == 2);
        CHECK_THAT(in_a_pipe.errors, Contains(pipe + " is a device or pipe"));
        CHECK(std::filesystem::is_fifo(pipe));
    }
    write_file(s.directory() + "/router.cfg", "{{customer_site_code}}");
    auto each = s.verb({"export", "sites", "--template", s.directory() + "/router.cfg", "--output", "/proc/nowhere/x"});
    CHECK(each.code == 2);
    CHECK_THAT(each.errors, Contains("/proc/nowhere"));
    auto form = s.verb({"export", "sites", "--template", "/nonexistent/form", "--output", s.directory() + "/x"});
    CHECK(form.code == 2);
    CHECK_THAT(form.errors, Contains("/nonexistent/form") && Contains("No such file or directory"));
    auto directory = s.verb({"export", "sites", "--template", s.directory(), "--output", s.directory() + "/x"});
    CHECK(directory.code == 2);
    CHECK_THAT(directory.errors, Contains("Is a directory"));
    auto full = run({"/bin/sh", "-c", "exec \"$0\" rules > /dev/full", ORDERD_BIN_DIR "/ipoe-orderd"}, s.directory());
    CHECK(full.code == 2);
    CHECK_THAT(full.errors, Contains("could not be written in full"));

    for (const std::vector<std::string>& import :
         {std::vector<std::string>{"import", "nosuch.csv"}, {"import", "--dry-run", "nosuch.csv"}}) {
        auto missing = s.verb(import);
        CHECK(missing.code == 1);
        CHECK(missing.output.empty());
        CHECK(missing.errors == "nosuch.csv: there is no such file\n");
    }
    CHECK(s.verb({"import", s.directory()}).output.empty());
    write_file(s.directory() + "/good.csv", stage::starts_csv(1));
    auto one_of_two = s.verb({"import", "nosuch.csv", s.directory() + "/good.csv"});
    CHECK(one_of_two.code == 1);
    CHECK_THAT(one_of_two.output, Contains("good") && !Contains("nosuch"));
}

TEST_CASE("a reload with a configuration that cannot be read says why")
{
    stage s;
    s.start_and_wait();
    auto config = read_file(s.config_file());
    REQUIRE(::unlink(s.config_file().c_str()) == 0);
    s.daemon().send(SIGHUP);
    wait_until("the refusal", [&] { return s.log().find("the one before stays in force") != std::string::npos; });
    CHECK_THAT(s.log(), Contains("cannot be read: No such file or directory"));
    write_file(s.config_file(), config);
    CHECK(s.stop_daemon() == 0);
}
