#include "stage.hpp"
#include "orderd/http/client.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <netinet/in.h>
#include <random>
#include <regex>
#include <set>
#include <sys/socket.h>
#include <unistd.h>

namespace orderd::tests {
namespace {

namespace fs = std::filesystem;

const std::string bin = ORDERD_BIN_DIR;

std::string environment(const char* name, const char* otherwise)
{
    auto* value = std::getenv(name);
    return value && *value ? value : otherwise;
}

/// A port that is free, below those that the system gives to outgoing connections.
int free_port()
{
    static std::mt19937 random(std::random_device{}());
    for (int attempt = 0; attempt < 1000; ++attempt) {
        int fd = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        at.sin_port = htons(static_cast<std::uint16_t>(10'000 + random() % 10'000));
        bool free = ::bind(fd, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0;
        ::close(fd);
        if (free) return ntohs(at.sin_port);
    }
    throw std::runtime_error("no port is free");
}

}

std::string stage::server_url(const std::string& database, int port) const
{
    auto user = "postgresql://" + environment("PGUSER", "postgres") + "@";
    if (!options_.database_hosts.empty())
        return user + options_.database_hosts + "/" + database + "?target_session_attrs=read-write";
    return user + environment("PGHOST", "127.0.0.1") + ":" +
           (port ? std::to_string(port) : environment("PGPORT", "5432")) + "/" + database;
}

stage::stage(options o) : options_(std::move(o))
{
    static int count = 0;
    char pattern[] = "/tmp/orderd-test.XXXXXX";
    directory_ = ::mkdtemp(pattern);
    database_ = "orderd_test_" + std::to_string(::getpid()) + "_" + std::to_string(++count);
    pqxx::connection server(server_url("postgres"));
    pqxx::nontransaction create(server);
    create.exec("create database " + database_);
    url_ = daemon_url_ = server_url(database_);
    if (options_.relay)
        daemon_url_ = server_url(database_, options_.relay(std::stoi(environment("PGPORT", "5432")), true));
    api_port_ = free_port();
    control_port_ = free_port();
    operations_port_ = free_port();
    write_file(directory_ + "/client_secret", "tOpSecret-4711\n");
    fs::permissions(directory_ + "/client_secret", fs::perms::owner_read);
    write_file(directory_ + "/credential_key", std::string(32, '5') + std::string(32, 'e') + "\n");
    if (options_.tls) {
        auto made = run({"/usr/bin/openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout",
                         directory_ + "/key.pem", "-out", directory_ + "/cert.pem", "-days", "2", "-subj",
                         "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"},
                        directory_);
        if (made.code != 0) throw std::runtime_error("openssl: " + made.errors);
    }
    write_configuration();
    if (options_.start_provider) start_provider();
}

stage::~stage()
{
    daemons_.clear();
    provider_.reset();
    connection_.reset();
    try {
        pqxx::connection server(server_url("postgres"));
        pqxx::nontransaction drop(server);
        drop.exec("drop database if exists " + database_ + " with (force)");
    } catch (const std::exception&) { // it goes with the server
    }
    std::error_code ignored;
    fs::remove_all(directory_, ignored);
}

void stage::write_configuration()
{
    auto api = (options_.tls ? "https://localhost:" : "http://127.0.0.1:") +
               std::to_string(options_.relay ? options_.relay(api_port_, false) : api_port_);
    std::map<std::string, std::string> keys{
        {"database.url", '"' + daemon_url_ + '"'},
        {"database.credential_key_file", '"' + directory_ + "/credential_key\""},
        {"api.base_url", '"' + api + "/infoIpoE/v2\""},
        {"api.token_url", '"' + api + "/oauth/v1/accesstokens\""},
        {"api.client_id", "\"buyer\""},
        {"api.client_secret_file", '"' + directory_ + "/client_secret\""},
        {"api.customer_code", "\"A10000105\""},
        {"api.request_timeout", "\"1s\""},
        {"submission.settle_time", "\"1s\""},
        {"submission.lease", "\"2s\""},
        {"submission.backoff_base", "\"100ms\""},
        {"submission.backoff_cap", "\"1s\""},
        {"submission.poll_interval", "\"500ms\""},
        {"tracking.interval", "\"500ms\""},
        {"tracking.sites_interval", "\"200ms\""},
        {"intake.csv.directory", '"' + drop_directory() + '"'},
        {"intake.csv.stable_for", "\"200ms\""},
        {"reporting.result_interval", "\"300ms\""},
        {"operations.listen", "\"127.0.0.1:" + std::to_string(operations_port_) + '"'},
        {"operations.stop_timeout", "\"10s\""},
    };
    if (options_.tls) keys["api.ca_file"] = '"' + directory_ + "/cert.pem\"";
    const std::regex line(R"(([a-z_.]+) *= *([^\n]+))");
    for (std::sregex_iterator at(options_.daemon_toml.begin(), options_.daemon_toml.end(), line), end; at != end; ++at)
        keys[(*at)[1].str()] = (*at)[2].str();
    std::string text;
    for (const auto& [key, value] : keys) text += key + " = " + value + "\n";
    write_file(config_file(), text);
}

void stage::set_keys(const std::string& daemon_toml)
{
    options_.daemon_toml += "\n" + daemon_toml;
    write_configuration();
}

void stage::add_environment(std::vector<std::string> settings)
{
    for (auto& setting : settings) environment_.push_back(std::move(setting));
}

bool stage::tally_is_true()
{
    return sql("with counted as (select batch_id, state, count(*) as orders, coalesce(sum(purchase_price), 0) as once, "
               "coalesce(sum(monthly_price), 0) as monthly from orderd.\"order\" group by 1, 2), "
               "told as (select batch_id, state, orders, purchase_price, monthly_price from orderd.tally_now) "
               "select not exists ((select * from counted except select * from told) union all (select * from told "
               "except select * from counted))") == "t";
}

void stage::start_provider()
{
    std::string text = "listen = \"127.0.0.1:" + std::to_string(api_port_) +
                       "\"\ncontrol = \"127.0.0.1:" + std::to_string(control_port_) + "\"\n";
    if (options_.tls)
        text +=
            "certificate_file = \"" + directory_ + "/cert.pem\"\nprivate_key_file = \"" + directory_ + "/key.pem\"\n";
    write_file(directory_ + "/sim.toml", text + "[settings]\n" +
                                             (options_.settings_toml.find("progress_min_ms") != std::string::npos ? ""
                                              : options_.slow_orders ? "progress_min_ms = 8000\n"
                                                                     : "progress_min_ms = 100\n") +
                                             (options_.settings_toml.find("progress_max_ms") != std::string::npos ? ""
                                              : options_.slow_orders ? "progress_max_ms = 10000\n"
                                                                     : "progress_max_ms = 500\n") +
                                             options_.settings_toml);
    provider_ = std::make_unique<process>(
        std::vector<std::string>{bin + "/ipoe-sim", "--config", directory_ + "/sim.toml"}, directory_, "sim");
    wait_until("the simulator", [&] {
        if (!provider_->running()) throw std::runtime_error("the simulator ended: " + provider_->errors());
        return provider_->output().find("control port") != std::string::npos;
    });
}

void stage::stop_provider() { provider_.reset(); }

void stage::start_daemon(const std::string& name)
{
    auto words = under_;
    for (auto word : {bin + "/ipoe-orderd", std::string("run"), std::string("--config"), config_file()})
        words.push_back(std::move(word));
    daemons_[name] = std::make_unique<process>(std::move(words), directory_, name, environment_);
}

void stage::start_and_wait(const std::string& name)
{
    start_daemon(name);
    auto ready = [&] {
        if (!daemons_.at(name)->running()) throw std::runtime_error("the daemon ended: " + daemons_.at(name)->errors());
        try {
            return get(operations_port_, "/readyz").first == 200 &&
                   sql("select count(*) > 0 from orderd.product") == "t"; // read by one instance for all
        } catch (const std::exception&) {
            return false;
        }
    };
    try {
        wait_until("the daemon to be ready", ready);
    } catch (const std::exception& e) {
        throw std::runtime_error(e.what() + ("; it says: " + daemons_.at(name)->errors()));
    }
}

std::unique_ptr<process> stage::leave(const std::string& name)
{
    auto leaving = std::move(daemons_.at(name));
    daemons_.erase(name);
    return leaving;
}

int stage::stop_daemon(const std::string& name)
{
    auto ending = leave(name);
    ending->send(SIGTERM);
    auto code = ending->wait();
    auto told = ending->errors();
    past_logs_ += told;
    constexpr std::size_t last = 16'000; // of which a sanitizer's report takes some
    if (code != 0)
        UNSCOPED_INFO("a daemon ended with " << code << " and said last:\n"
                                             << told.substr(told.size() - std::min(told.size(), last)));
    return code;
}

void stage::kill_daemon(const std::string& name)
{
    auto ending = leave(name);
    ending->send(SIGKILL);
    ending->wait();
    past_logs_ += ending->errors();
}

std::string stage::log() const
{
    std::string all = past_logs_;
    for (const auto& [name, p] : daemons_) all += p->errors();
    return all;
}

finished stage::verb(std::vector<std::string> words) const
{
    words.insert(words.begin(), bin + "/ipoe-orderd");
    return run(std::move(words), directory_, {"ORDERD_CONFIG=" + config_file()});
}

void stage::drop(const std::string& name, const std::string& content)
{
    fs::create_directories(drop_directory() + "/incoming");
    write_file(drop_directory() + "/incoming/.whole", content);
    fs::rename(drop_directory() + "/incoming/.whole", drop_directory() + "/incoming/" + name);
}

std::string stage::starts_csv(int count, int first)
{
    std::string text = "request_key,order_type,customer_site_name,case_name,line_id,line_access_key,product_codes\r\n";
    for (int i = first; i < first + count; ++i)
        text += "K" + std::to_string(i) + ",1,拠点" + std::to_string(i) + ",案件,CAF" +
                std::to_string(1'000'000'000 + i) + ",k3y" + std::to_string(10'000 + i % 90'000) + ",1-1-1-1-2\r\n";
    return text;
}

void stage::insert_starts(int count, const std::string& batch, int first, const std::string& site_name)
{
    sql("insert into intake.order_row (batch_name, request_key, order_type, customer_site_name, case_name, line_id, "
        "line_access_key, product_codes) "
        "select '" +
        batch + "', 'T' || i, '1', '" + site_name +
        "' || i, '案件', 'CAF' || 5000000000 + i, 'k3y' || 10000 + i % 90000, '1-1-1-1-2' "
        "from generate_series(" +
        std::to_string(first) + ", " + std::to_string(first + count - 1) + ") i returning 1");
}

std::string stage::sql(const std::string& query)
{
    for (int attempt = 1;; ++attempt) {
        try {
            if (!connection_) connection_ = std::make_unique<pqxx::connection>(url_);
            pqxx::work tx(*connection_);
            auto rows = tx.exec(query);
            tx.commit();
            return rows.empty() || rows[0][0].is_null() ? "" : rows[0][0].as<std::string>();
        } catch (const pqxx::sql_error&) {
            throw;
        } catch (const pqxx::failure&) { // the server was restarted under us
            connection_.reset();
            if (attempt == 20) throw;
            std::this_thread::sleep_for(std::chrono::milliseconds(200));
        }
    }
}

std::map<std::string, long> stage::states()
{
    sql("select 1");
    pqxx::work tx(*connection_);
    std::map<std::string, long> out;
    for (const auto& r : tx.exec("select state, count(*) from orderd.\"order\" group by state"))
        out[r[0].as<std::string>()] = r[1].as<long>();
    return out;
}

long stage::count(const std::string& state) { return states()[state]; }

long stage::open_orders()
{
    return std::stol(sql("select (select count(*) from orderd.\"order\" where state in ('received', 'ready', "
                         "'submitting', 'in_doubt', 'accepted')) + "
                         "(select count(*) from intake.order_row where state = 'received')"));
}

void stage::wait_for_end(std::chrono::seconds at_most)
{
    wait_until(
        "every order to end",
        [&] {
            auto waiting = [&](const char* part) { return !fs::is_empty(drop_directory() + "/" + part); };
            for (auto& [name, d] : daemons_)
                if (!d->running()) throw std::runtime_error("daemon " + name + " ended: " + d->errors());
            return !waiting("incoming") && !waiting("processing") && open_orders() == 0;
        },
        at_most);
}

void stage::provider_settings(const std::string& text)
{
    auto [status, body] = get(control_port_, "/settings", "PUT", text);
    INFO(body);
    REQUIRE(status == 200);
}

void stage::provider_post(const std::string& target, const std::string& text)
{
    auto [status, body] = get(control_port_, target, "POST", text);
    INFO(body);
    REQUIRE(status == 200);
}

json::array stage::ledger() { return json::parse(get(control_port_, "/ledger").second).as_array(); }
json::object stage::counts() { return json::parse(get(control_port_, "/counts").second).as_object(); }

long stage::requests(const std::string& operation)
{
    auto all = counts();
    auto* found = all.if_contains(operation);
    return found ? found->at("requests").as_int64() : 0;
}

void stage::tell_refusal(const std::string& request_key, const std::vector<std::string>& error_codes)
{
    boost::json::array errors;
    for (const auto& code : error_codes) errors.push_back(boost::json::object{{"errorCode", code}});
    sql("insert into orderd.order_event (order_id, from_state, to_state, event, errors) "
        "select id, 'submitting', 'refused', 'refused_by_provider', '" +
        boost::json::serialize(errors) + "' from orderd.\"order\" where request_key = '" + request_key +
        "' returning 1");
}

void stage::check_ledger(std::size_t orders)
{
    auto book = ledger();
    CHECK(book.size() == orders);
    std::set<std::string> keys;
    for (const auto& entry : book) {
        auto key = std::string(entry.at("naturalKey").as_string());
        INFO(key);
        CHECK(keys.insert(key).second); // no line was ordered twice
        auto code = std::string(entry.at("orderCode").as_string());
        CHECK(sql("select natural_key from orderd.\"order\" where order_code = '" + code + "'") == key);
    }
    CHECK(tally_is_true());
}

std::pair<int, std::string> stage::get(int port, const std::string& target, const std::string& method,
                                       const std::string& body, const http::headers& fields)
{
    boost::asio::io_context loop;
    http::client_options to;
    to.server = {false, "127.0.0.1", std::to_string(port)};
    auto client = http::make_client(loop.get_executor(), to);
    http::request ask;
    ask.method = method;
    ask.fields = fields;
    ask.target = target;
    ask.body = body;
    std::optional<http::outcome> got;
    auto work = [&]() -> boost::asio::awaitable<void> {
        auto answer = co_await client->send(ask);
        got.emplace(std::move(answer));
    };
    boost::asio::co_spawn(loop, work, [](std::exception_ptr e) {
        if (e) std::rethrow_exception(e);
    });
    loop.run();
    if (auto* failed = std::get_if<http::failure>(&*got)) throw std::runtime_error(failed->text);
    auto& answer = std::get<http::response>(*got);
    return {answer.status, answer.body};
}

void hide_what_is_younger(stage& s, std::chrono::seconds age)
{
    s.provider_settings("{\"search_stale_ms\": " + std::to_string(age.count() * 1000) + "}");
    wait_until("the known order to be shown", [&] {
        return s.sql("select accepted_at < now() - interval '" + std::to_string(age.count() + 1) +
                     " seconds' from orderd.\"order\" where state = 'accepted'") == "t";
    });
}

stage::options slow(std::string keys)
{
    stage::options o;
    o.slow_orders = true;
    o.settings_toml = "progress_min_ms = 3600000\nprogress_max_ms = 3600000\n";
    o.daemon_toml = "submission.backoff_cap = \"1s\"\n" + std::move(keys);
    return o;
}

}
