#include "stage.hpp"

#include <catch2/catch.hpp>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

using namespace orderd::tests;
using Catch::Matchers::Contains;

namespace {

int times(const std::string& text, const std::string& word)
{
    int n = 0;
    for (auto at = text.find(word); at != text.npos; at = text.find(word, at + word.size())) ++n;
    return n;
}

/// A pipe with a name that holds all it can, and that nobody reads until a test does.
class full_pipe {
public:
    explicit full_pipe(const std::string& directory) : path_(directory + "/stuck")
    {
        REQUIRE(::mkfifo(path_.c_str(), 0600) == 0);
        both_ = ::open(path_.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
        REQUIRE(both_ >= 0);
        for (const std::string filling(4'096, '.'); ::write(both_, filling.data(), filling.size()) > 0;) {
        }
    }
    ~full_pipe() { ::close(both_); }
    full_pipe(const full_pipe&) = delete;
    full_pipe& operator=(const full_pipe&) = delete;
    /// Words that run a program with its standard error going into the pipe.
    std::vector<std::string> under() const { return {"/bin/sh", "-c", "exec \"$@\" 2>" + path_, "sh"}; }
    /// What can be read now.
    std::string read()
    {
        std::string all;
        char piece[4'096];
        for (ssize_t n; (n = ::read(both_, piece, sizeof piece)) > 0;) all.append(piece, static_cast<std::size_t>(n));
        return all;
    }

private:
    std::string path_;
    int both_ = -1;
};

}

TEST_CASE("a log that nobody reads holds up no order, no page and no stop")
{
    stage s;
    full_pipe pipe(s.directory());
    s.run_under(pipe.under());
    s.set_keys("log.level = \"debug\"\n"); // a line each step
    s.start_and_wait();
    s.drop("first.csv", stage::starts_csv(300));
    s.wait_for_end();
    CHECK(stage::get(s.operations_port(), "/healthz").first == 200);
    s.daemon().send(SIGHUP);
    s.drop("second.csv", stage::starts_csv(10, 300));
    s.wait_for_end();
    CHECK(s.stop_daemon() == 0);
    s.check_ledger(310);
}

TEST_CASE("a log that is read again goes on with what waited")
{
    stage s;
    full_pipe pipe(s.directory());
    s.run_under(pipe.under());
    s.start_and_wait();
    s.drop("first.csv", stage::starts_csv(3));
    s.wait_for_end();
    std::string said;
    wait_until("the lines that waited", [&] {
        said += pipe.read();
        return said.find("file taken in file=first.csv") != said.npos;
    });
    CHECK_THAT(said, Contains(" ready "));
    CHECK(s.stop_daemon() == 0);
    said += pipe.read();
    CHECK_THAT(said, Contains("stopped"));
}

TEST_CASE("a daemon without standard input, output and error works, and writes no line where it should not")
{
    stage s;
    s.run_under({"/bin/sh", "-c", "exec \"$@\" >&- 2>&- <&-", "sh"});
    s.start_and_wait();
    s.drop("first.csv", stage::starts_csv(3));
    s.wait_for_end();
    CHECK(s.stop_daemon() == 0);
    s.check_ledger(3);
}

TEST_CASE("a daemon whose log has lost its reader goes on")
{
    stage s;
    auto path = s.directory() + "/left";
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    int reader = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    s.run_under({"/bin/sh", "-c", "exec \"$@\" 2>" + path, "sh"});
    s.start_and_wait();
    ::close(reader);
    s.drop("first.csv", stage::starts_csv(3));
    s.wait_for_end();
    CHECK(s.stop_daemon() == 0);
    s.check_ledger(3);
}

TEST_CASE("a daemon that cannot start ends, whoever holds its pipe")
{
    stage s;
    full_pipe pipe(s.directory());
    auto words = pipe.under();
    write_file(s.directory() + "/wrong.toml", "no_such_key = 1\n");
    for (auto word : {std::string(ORDERD_BIN_DIR) + "/ipoe-orderd", std::string("run"), std::string("--config"),
                      s.directory() + "/wrong.toml"})
        words.push_back(word);
    CHECK(run(words, s.directory()).code == 2);
}

TEST_CASE("two hundred reloads that change nothing are one line")
{
    stage s;
    s.start_and_wait();
    s.daemon().send(SIGHUP);
    wait_until("the first", [&] { return times(s.log(), "configuration read again") == 1; });
    auto listed = s.requests("GET /orders");
    for (int n = 0; n < 200; ++n) {
        s.daemon().send(SIGHUP);
        stage::get(s.operations_port(), "/healthz"); // the loop has had its turn
    }
    CHECK(times(s.log(), "configuration read again") == 1);
    CHECK(s.requests("GET /orders") - listed < 100);
    s.set_keys("tracking.interval = \"700ms\"\n");
    s.daemon().send(SIGHUP);
    wait_until("a reload that changes something", [&] { return times(s.log(), "configuration read again") >= 2; });
    s.stop_daemon();
    CHECK_THAT(s.log(), Contains("line=\"configuration read again\" times="));
}

TEST_CASE("an order that somebody's trigger keeps from being completed is told once, and recorded when it may be")
{
    stage s;
    s.start_and_wait();
    s.sql("create function forbid() returns trigger language plpgsql as $$ begin raise exception 'not completed here'; "
          "end $$; create trigger forbid before update on orderd.\"order\" for each row when (new.state = 'completed' "
          "and new.request_key = 'K1') execute function forbid(); select 1");
    s.drop("some.csv", stage::starts_csv(3));
    wait_until("the others to end", [&] { return s.count("completed") == 2; });
    auto looks = s.requests("GET /orders/{orderCode}");
    wait_until("some more sweeps", [&] { return s.requests("GET /orders/{orderCode}") > looks + 5; });
    CHECK(s.count("accepted") == 1);
    CHECK(times(s.log(), "not completed here") == 1);
    CHECK_THAT(s.log(), Contains("a transition cannot be recorded") && Contains("event=provider_completed"));
    wait_until("the status to tell it",
               [&] { return s.verb({"status"}).output.find("not completed here") != std::string::npos; });
    s.sql("drop trigger forbid on orderd.\"order\"; select 1");
    s.wait_for_end();
    CHECK(s.count("completed") == 3);
}

TEST_CASE("odd answers to one order are told as what they are, and stop no other")
{
    for (std::string odd : {R"("304")", R"("redirect")", R"("403")", R"("409")", R"("broken_json", "after": true)",
                            R"("cut_short", "after": true)"}) {
        INFO(odd);
        stage s;
        s.start_and_wait();
        s.provider_settings(R"({"faults": [{"operation": "POST /orders", "times": 1, "answer": )" + odd + "}]}");
        s.insert_starts(1, "odd");
        wait_until("the odd answer", [&] { return s.log().find("others go on") != std::string::npos; });
        s.insert_starts(20, "good", 100);
        wait_until("the good ones", [&] {
            return s.sql("select count(*) from orderd.\"order\" where state = 'completed' and id > 1") == "20";
        });
        CHECK_THAT(s.log(),
                   !Contains("the provider is away") && !Contains("submission is stopped") && !Contains("is back"));
        CHECK(times(s.log(), "others go on") == 1);
        CHECK_THAT(s.log(), Contains("others go on order=1 "));
    }
}

TEST_CASE("an order that is answered oddly each time waits alone")
{
    for (std::string odd : {"304", "401", "403"}) {
        INFO(odd);
        stage s;
        s.start_and_wait();
        s.insert_starts(1, "odd", 0, "[" + odd + "]");
        wait_until("some answers", [&] { return s.requests("POST /orders") >= (odd == "304" ? 1 : 6); });
        s.insert_starts(100, "good", 1'000);
        wait_until("the good ones", [&] { return s.count("completed") == 100; });
        CHECK_THAT(s.log(), !Contains("the provider is away") && !Contains("submission is stopped"));
        CHECK(times(s.log(), "others go on") == 1);
        CHECK(s.ledger().size() == 100);
    }
}

TEST_CASE("a detail that breaks off in a search for one order is that order's matter")
{
    stage s(slow());
    s.start_and_wait();
    s.insert_starts(1, "known", 500);
    wait_until("a known order", [&] { return s.count("accepted") == 1; });
    s.provider_settings(
        R"({"faults": [{"operation": "POST /orders", "answer": "500", "after": true, "times": 1},
                       {"operation": "GET /orders/{orderCode}", "answer": "cut_short", "after": true, "times": 2}]})");
    s.insert_starts(1, "lost");
    wait_until("the order to be found", [&] { return s.count("accepted") == 2; });
    CHECK_THAT(s.log(), !Contains("order search is away") && !Contains("is back"));
    s.check_ledger(2);
}

TEST_CASE("a lack of descriptors for connections to the provider is told as that, once, and is no outage of it")
{
    stage::options o;
    o.settings_toml = "latency_min_ms = 200\nlatency_max_ms = 300\n";
    stage s(o);
    s.run_under({"/usr/bin/prlimit", "--nofile=36"});
    s.start_and_wait();
    s.insert_starts(150);
    s.wait_for_end();
    CHECK(s.count("completed") == 150);
    s.check_ledger(150);
    CHECK(times(s.log(), "may open no more files") == 1);
    CHECK_THAT(s.log(), Contains("LimitNOFILE") && !Contains("the provider is") && !Contains("submission is stopped"));
}

TEST_CASE("what PostgreSQL says beside its answers is a line of the log, each text once")
{
    stage s;
    s.start_and_wait();
    s.sql("create function warn() returns trigger language plpgsql as $$ begin raise warning 'somebody counts orders'; "
          "return new; end $$; create trigger warn before update on orderd.\"order\" for each row execute function "
          "warn(); "
          "select 1");
    s.insert_starts(20);
    s.wait_for_end();
    CHECK(times(s.log(), "somebody counts orders") == 1);
    CHECK_THAT(s.log(), Contains("PostgreSQL says something beside its answers"));
}

TEST_CASE("a configuration that stays broken is one line, however often it is read again")
{
    stage s;
    s.start_and_wait();
    auto good = read_file(s.config_file());
    auto replace_with = [&](const std::string& text) { // whole at each moment: a reload may be under way
        write_file(s.config_file() + ".new", text);
        std::filesystem::rename(s.config_file() + ".new", s.config_file());
    };
    replace_with(good + "\n[submission]\nno_such_key = 1\n");
    constexpr auto refused = "the configuration has an error";
    for (int n = 0; n < 10; ++n) {
        s.daemon().send(SIGHUP);
        wait_until("the first", [&] { return times(s.log(), refused) >= 1; });
    }
    replace_with(good);
    s.daemon().send(SIGHUP);
    wait_until("it to be read again", [&] { return times(s.log(), "configuration read again") >= 1; });
    CHECK(times(s.log(), refused) == 1);
}
