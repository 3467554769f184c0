#include "one_order.hpp"

#include <catch2/catch.hpp>
#include <regex>

using namespace orderd::tests;
using Catch::Matchers::Contains;

// What people decide about orders that may exist at the provider: people err in writing and in lines, and come later.
namespace {

/// The code under which the provider has the order of this line.
std::string code_at_provider(stage& s, const std::string& natural_key)
{
    for (const auto& entry : s.ledger())
        if (entry.at("naturalKey").as_string() == natural_key) return std::string(entry.at("orderCode").as_string());
    return {};
}
long in_ledger(stage& s, const std::string& natural_key)
{
    long n = 0;
    for (const auto& entry : s.ledger()) n += entry.at("naturalKey").as_string() == natural_key;
    return n;
}

std::string lower(std::string text)
{
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    return text;
}

constexpr const char* every_answer_lost =
    R"({"faults": [{"operation": "POST /orders", "answer": "500", "after": true, "every": 1}]})";

// "suzuki:open sesame 1234"
const std::pair<std::string, std::string> suzuki{"Authorization", "Basic c3V6dWtpOm9wZW4gc2VzYW1lIDEyMzQ="};

}

TEST_CASE("an order code that a person names is looked up at the provider, and what is another's is never taken")
{
    auto options = slow();
    options.daemon_toml += "submission.settle_time = \"10m\"\n"; // nobody but the person decides
    stage s(options);
    s.start_and_wait();
    s.insert_starts(1, "table", 50);
    wait_for_state(s, "T50", "accepted");
    s.provider_settings(every_answer_lost);
    s.insert_starts(2);
    wait_until("the doubts", [&] { return s.count("in_doubt") == 2; });
    s.provider_settings(R"({"faults": []})");
    auto mine = code_at_provider(s, "start:CAF5000000000"), theirs = code_at_provider(s, "start:CAF5000000001");
    auto order = number_of(s, "T0"), other = number_of(s, "T1");
    auto take = [&](const std::string& code, bool sure = true) {
        std::vector<std::string> words{"orders", "resolve", order, "--order-code", code};
        if (sure) words.push_back("--sure");
        return s.verb(words);
    };

    auto swapped = take(theirs);
    CHECK(swapped.code == 1);
    CHECK_THAT(swapped.errors, Contains("CAF5000000001") && Contains("CAF5000000000") && Contains("'" + other + "'"));
    CHECK_THAT(take("A9999999999999999").errors, Contains("does not know"));
    for (const auto& none : {mine + ";x y", std::string(3000, 'x'), std::string("番号"), mine + " " + mine}) {
        CHECK(take(none).code == 2);
        CHECK_THAT(take(none).errors, Contains("no order code"));
    }
    s.provider_settings(R"({"faults": [{"operation": "*", "answer": "503", "every": 1}]})");
    auto away = take(mine);
    CHECK(away.code == 3);
    CHECK_THAT(away.errors, Contains("cannot be asked"));
    s.provider_settings(R"({"faults": []})");
    CHECK(s.count("in_doubt") == 2);

    // Written as people write it, it is the one that the search shows, in the provider's own writing.
    CHECK(take(" " + lower(mine) + "\xe3\x80\x80", false).code == 0);
    CHECK(of(s, "T0", "order_code") == mine);
    CHECK_THAT(s.verb({"orders", "show", order}).output, Contains("order code " + mine));
    // What a person took can be given back; it is searched for again, no sooner than its settle time allows.
    auto unsure = s.verb({"orders", "resolve", order, "--not-ours"});
    CHECK(unsure.code == 1);
    CHECK_THAT(unsure.errors, Contains("--sure"));
    CHECK(of(s, "T0", "state") == "accepted");
    CHECK(s.verb({"orders", "resolve", order, "--not-ours", "--sure", "--why", "the wrong line"}).code == 0);
    CHECK(of(s, "T0", "state") == "in_doubt");
    CHECK(of(s, "T0", "order_code") == "");
    CHECK(of(s, "T0", "(not_before > now() + interval '5 minutes')") == "true");
    CHECK(s.sql("select order_code from orderd.order_event where event = 'resolved_as_not_ours'") == mine);
    CHECK(s.verb({"orders", "resolve", number_of(s, "T50"), "--not-ours", "--sure"}).code == 1); // the provider said so
    // Found again, it is not adopted by itself: a person said that it is another.
    s.sql("update orderd.\"order\" set not_before = now() where request_key = 'T0' returning 1");
    wait_for_state(s, "T0", "held");
    CHECK_THAT(of(s, "T0", "error_message"), Contains("a person said that it is another"));
    CHECK(take(mine, false).code == 0);
    CHECK(in_ledger(s, "start:CAF5000000000") == 1);
    CHECK(s.tally_is_true());
}

TEST_CASE("an order that the provider lists and whose detail it does not tell is named by who is sure")
{
    auto answer = GENERATE(std::string("404"), std::string("422"), std::string("500"));
    INFO(answer);
    auto options = slow();
    options.daemon_toml += "submission.settle_time = \"10m\"\n"; // nobody but the person decides
    stage s(options);
    s.start_and_wait();
    s.provider_settings(every_answer_lost);
    s.insert_starts(2);
    wait_until("the doubts", [&] { return s.count("in_doubt") == 2; });
    s.provider_settings(R"({"faults": [{"operation": "GET /orders/{orderCode}", "answer": ")" + answer +
                        R"(", "every": 1}]})");
    auto mine = code_at_provider(s, "start:CAF5000000000");
    auto order = number_of(s, "T0");
    auto shown = s.verb({"orders", "resolve", order});
    CHECK_THAT(shown.errors, Contains(order + "' --order-code " + mine + " --sure"));
    CHECK_THAT(shown.output, !Contains("too many to look at"));
    auto take = [&](const std::string& code, std::vector<std::string> more) {
        std::vector<std::string> words{"orders", "resolve", order, "--order-code", code};
        words.insert(words.end(), more.begin(), more.end());
        return s.verb(words);
    };
    auto unsure = take(mine, {});
    CHECK(unsure.code == 1);
    CHECK_THAT(unsure.errors, Contains("lists order " + mine) && Contains(answer) && Contains("--sure"));
    // What the search does not show, or shows as another's, cannot be named by anybody.
    CHECK(take("A9999999999999999", {"--sure"}).code != 0);
    CHECK(take(code_at_provider(s, "start:CAF5000000001"), {"--sure"}).code != 0);
    CHECK(of(s, "T0", "state") == "in_doubt");
    CHECK(take(lower(mine), {"--sure", "--why", "seen in the portal"}).code == 0);
    CHECK(of(s, "T0", "state") == "accepted");
    CHECK(of(s, "T0", "order_code") == mine);
    CHECK_THAT(s.sql("select why from orderd.order_event where event = 'resolved_as_ours'"),
               Contains(mine) && Contains("although") && Contains("seen in the portal"));
}

TEST_CASE("the story is told with its reasons where a person decides")
{
    stage s(slow("submission.settle_time = \"1s\"\n"));
    s.start_and_wait();
    s.provider_settings(lost_request);
    s.insert_starts(1);
    wait_for_state(s, "T0", "held");
    auto resolve = s.verb({"orders", "resolve", number_of(s, "T0")}).output;
    auto reasons = s.sql("select string_agg(why, E'\n') from orderd.order_event where why is not null");
    REQUIRE(reasons != "");
    for (auto from = std::size_t(0); from < reasons.size();) {
        auto to = std::min(reasons.find('\n', from), reasons.size());
        CHECK_THAT(resolve, Contains(reasons.substr(from, to - from)));
        from = to + 1;
    }
}

TEST_CASE("a code that was given back belongs to nobody here, and is found by the order whose it is")
{
    auto options = slow();
    options.daemon_toml += "submission.settle_time = \"10m\"\n";
    stage s(options);
    s.start_and_wait();
    s.provider_settings(every_answer_lost);
    s.insert_starts(2);
    wait_until("the doubts", [&] { return s.count("in_doubt") == 2; });
    s.provider_settings(R"({"faults": []})");
    auto theirs = code_at_provider(s, "start:CAF5000000001");
    // As a daemon of before let a person do it.
    s.sql("with o as (update orderd.\"order\" set state = 'accepted', order_code = '" + theirs +
          "', accepted_at = now(), revision = revision + 1 where request_key = 'T0' returning id) insert into "
          "orderd.order_event (order_id, from_state, to_state, event, order_code, operator) select id, 'in_doubt', "
          "'accepted', 'resolved_as_ours', '" +
          theirs + "', 'root' from o returning 1");
    CHECK(s.verb({"orders", "resolve", number_of(s, "T0"), "--not-ours", "--sure"}).code == 0);
    s.sql("update orderd.\"order\" set not_before = now() where state = 'in_doubt' returning 1");
    wait_for_state(s, "T1", "accepted");
    wait_for_state(s, "T0", "accepted");
    CHECK(of(s, "T1", "order_code") == theirs);
    CHECK(of(s, "T0", "order_code") == code_at_provider(s, "start:CAF5000000000"));
    CHECK(s.ledger().size() == 2);
}

TEST_CASE("held orders are searched for again when people ask, one by one or all that match, and are never sent twice")
{
    stage s(slow());
    s.start_and_wait();
    s.provider_settings(lost_request);
    s.insert_starts(1);
    wait_for_state(s, "T0", "held");
    CHECK(of(s, "T0", "error_code") == "control_impossible");
    s.provider_settings(every_answer_lost);
    s.provider_settings(R"({"list_envelope": "errors"})");
    s.insert_starts(1, "table", 1);
    s.provider_settings(R"({"faults": []})");

    // The bulk verbs say what is theirs to move and what is not.
    auto released = s.verb({"orders", "release", "--state", "held", "--yes"});
    CHECK_THAT(released.errors,
               Contains("may exist at the provider") && Contains("orders resolve") && Contains("orders search-again"));
    CHECK(of(s, "T0", "state") == "held");

    s.provider_settings(R"({"list_envelope": "array"})");
    s.insert_starts(1, "table", 60); // now there is an order by which searches can be tried
    wait_for_state(s, "T60", "accepted");
    CHECK(s.stop_daemon() == 0); // which remembers for a minute that it knew none
    s.start_and_wait();
    auto asked = s.verb({"orders", "search-again", "--state", "held", "--error", "control_impossible"});
    CHECK(asked.code == 1); // nobody there to say yes
    CHECK_THAT(asked.errors, Contains("T0") && Contains("--yes"));
    CHECK(s.verb({"orders", "search-again", "--error", "control_impossible", "--yes", "--why", "known now"}).code == 0);
    wait_for_state(s, "T0", "accepted");
    CHECK(in_ledger(s, "start:CAF5000000000") == 1);
    CHECK(s.sql("select count(*) from orderd.order_event where event = 'search_asked' and operator is not null and "
                "why = 'known now'") == "1");
    // What is held for another reason is released, not searched for.
    s.verb({"batches", "pause", "table"});
    s.insert_starts(1, "other", 70);
    wait_for_state(s, "T70", "accepted");
    CHECK(s.verb({"orders", "search-again", "T70"}).code == 1);
    CHECK(s.verb({"orders", "resolve", number_of(s, "T70"), "--search-again"}).code == 1);
}

TEST_CASE("an order that was held when the backup was made is searched for before it is sent, when a person asks")
{
    stage s(slow("submission.resend_without_control = true\n"));
    REQUIRE(s.verb({"migrate"}).code == 0);
    REQUIRE(s.verb({"products", "sync"}).code == 0);
    write_file(s.directory() + "/shop.csv", stage::starts_csv(1));
    REQUIRE(s.verb({"import", s.directory() + "/shop.csv"}).code == 0);
    CHECK(s.verb({"orders", "hold", "K0"}).code == 0);
    REQUIRE(s.verb({"orders", "reconcile", "--since", s.sql("select (now() - interval '1 minute')::text")}).code == 0);
    CHECK(s.verb({"orders", "release", "K0"}).code == 1);
    s.start_and_wait();
    CHECK(s.verb({"orders", "resolve", number_of(s, "K0"), "--search-again"}).code == 0);
    wait_for_state(s, "K0", "accepted");
    CHECK(s.ledger().size() == 1);
    CHECK(s.sql("select count(*) from orderd.order_event where event = 'not_created'") == "1");
}

TEST_CASE("the page searches again, says how old the evidence is, and takes only codes that it showed")
{
    auto options = slow("submission.search_limit = \"1s\"\n");
    stage s(options);
    write_file(s.directory() + "/operator", "open sesame 1234\n");
    s.set_keys(options.daemon_toml + "operations.operator_password_file = \"" + s.directory() + "/operator\"\n");
    s.start_and_wait();
    s.insert_starts(1, "table", 60);
    wait_for_state(s, "T60", "accepted");
    s.provider_settings(R"({"list_envelope": "errors"})");
    s.provider_settings(every_answer_lost);
    s.insert_starts(1);
    wait_for_state(s, "T0", "held");
    s.provider_settings(R"({"list_envelope": "array", "faults": []})");
    auto path = "/order/" + of(s, "T0", "id");
    auto page = [&] { return stage::get(s.operations_port(), path).second; };
    auto post = [&](const std::string& what) {
        auto evidence = s.sql("select max(id) from orderd.order_event where evidence is not null and order_id = " +
                              of(s, "T0", "id"));
        return stage::get(s.operations_port(), path + "/resolve?evidence=" + evidence + "&" + what, "POST", "",
                          {suzuki});
    };
    CHECK_THAT(page(), Contains("as=search_again") && Contains(" ago)") && !Contains("--order-code"));
    auto mine = code_at_provider(s, "start:CAF5000000000"), theirs = of(s, "T60", "order_code");
    for (const auto& code : {theirs, mine, std::string("A9999999999999999")}) {
        CHECK(post("as=ours&code=" + code + "&sure=1").first == 409); // the page did not show it
        CHECK(of(s, "T0", "state") == "held");
    }
    CHECK(post("as=search_again").first == 303);
    wait_for_state(s, "T0", "accepted");
    CHECK(of(s, "T0", "order_code") == mine);
    CHECK(in_ledger(s, "start:CAF5000000000") == 1);
    CHECK(post("as=search_again").first == 409);
    CHECK(post("as=not_ours&sure=1").first == 409); // the daemon found it, no person took it
}

TEST_CASE("declaring a restore over shows what would be ordered twice, and wants consent")
{
    auto options = slow();
    options.daemon_toml += "submission.settle_time = \"10m\"\n";
    stage s(options);
    s.start_and_wait();
    s.insert_starts(2);
    wait_until("them to be accepted", [&] { return s.count("accepted") == 2; });
    CHECK(s.stop_daemon() == 0);
    auto lost = of(s, "T1", "order_code");
    REQUIRE(s.verb({"orders", "reconcile", "--since", s.sql("select (now() - interval '1 hour')::text")}).code == 0);
    // The backup knew the first when it was not sent yet, and the second not at all.
    s.sql("delete from orderd.order_event where order_id in (select id from orderd.\"order\" where request_key = 'T1') "
          "returning 1");
    s.sql("delete from orderd.\"order\" where request_key = 'T1' returning 1");
    s.sql("update orderd.\"order\" set state = 'in_doubt', revision = revision + 1, order_code = null, not_before = "
          "now() + interval '1 hour' "
          "returning 1");
    auto asked = s.verb({"orders", "reconcile", "--done"});
    CHECK(asked.code == 1);
    CHECK_THAT(asked.errors, Contains(lost) && Contains("ordered a second time") && Contains("still in doubt") &&
                                 Contains("T0") && Contains("--yes"));
    CHECK(s.sql("select count(*) from orderd.setting where name = 'restored_since'") == "1");
    s.stop_provider();
    CHECK_THAT(s.verb({"orders", "reconcile", "--done"}).errors, Contains("cannot be asked"));
    CHECK(s.verb({"orders", "reconcile", "--done", "--yes"}).code == 0);
    CHECK(s.sql("select count(*) from orderd.setting where name = 'restored_since'") == "0");
    CHECK(s.verb({"orders", "reconcile", "--done"}).code == 0); // nothing is open any more
}
