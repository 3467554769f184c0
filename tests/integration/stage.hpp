#pragma once
#include "orderd/http/message.hpp"
#include "process.hpp"

#include <boost/json.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <pqxx/pqxx>
#include <string>

// A database of its own, a simulated provider and daemons, in a directory of their own; everything ends with the stage.
namespace orderd::tests {

namespace json = boost::json;

class stage {
public:
    struct options {
        std::string daemon_toml{};   // added to the configuration; a key here replaces the usual one
        std::string settings_toml{}; // [settings] of the simulator
        bool tls = false;
        /// Orders stay in progress for some seconds, so that one in doubt is settled before it ends.
        bool slow_orders = false;
        bool start_provider = true;
        std::string database_hosts{}; // "host:port,host:port" instead of the server in the environment
        std::string drop_directory{}; // instead of one in the stage's own directory
        /// The daemons reach the provider (and the database) through the port that this gives for theirs.
        std::function<int(int port, bool database)> relay{};
    };
    stage() : stage(options{}) {}
    explicit stage(options);
    ~stage();

    // The daemon.
    void add_environment(std::vector<std::string> settings); // of those that are started from now on
    void run_under(std::vector<std::string> words)
    {
        under_ = std::move(words);
    }                                                      // a program that runs it, such as prlimit
    void set_keys(const std::string& daemon_toml);         // other keys in its configuration file
    void start_daemon(const std::string& name = "daemon"); // does not wait
    void start_and_wait(const std::string& name = "daemon");
    process& daemon(const std::string& name = "daemon") { return *daemons_.at(name); }
    std::unique_ptr<process> leave(const std::string& name);
    int stop_daemon(const std::string& name = "daemon");  // SIGTERM; its exit code
    void kill_daemon(const std::string& name = "daemon"); // SIGKILL
    std::string log() const;                              // of all daemons
    finished verb(std::vector<std::string> words) const;
    std::string config_file() const { return directory_ + "/orderd.toml"; }

    // Rows in.
    void drop(const std::string& name, const std::string& content); // under its name when whole
    void insert_starts(int count, const std::string& batch = "table", int first = 0,
                       const std::string& site_name = "表の拠点");
    static std::string starts_csv(int count, int first = 0); // partner-CPE start orders

    // The database.
    std::string sql(const std::string& query); // first value, "" for none
    std::map<std::string, long> states();
    long count(const std::string& state);
    long open_orders();
    void wait_for_end(std::chrono::seconds at_most = std::chrono::seconds(120)); // until nothing waits or moves
    std::string database_url() const { return url_; }
    std::string daemon_database_url() const { return daemon_url_; } // through the relay

    // The provider.
    void provider_settings(const std::string& json);
    void provider_post(const std::string& target, const std::string& json); // on its control port
    json::array ledger();
    json::object counts();
    long requests(const std::string& operation);
    long total_requests();
    void start_provider();
    void stop_provider();
    /// Every order of the database is in the ledger once under its order code, and nothing is there twice.
    /// Writes into the story that the provider refused an order with these errors.
    void tell_refusal(const std::string& request_key, const std::vector<std::string>& error_codes);
    void check_ledger(std::size_t orders);
    /// The tally that people look at agrees with the orders.
    bool tally_is_true();

    std::string directory() const { return directory_; }
    std::string drop_directory() const
    {
        return options_.drop_directory.empty() ? directory_ + "/drop" : options_.drop_directory;
    }
    int operations_port() const { return operations_port_; }
    /// GET on a loopback port: status and body.
    static std::pair<int, std::string> get(int port, const std::string& target, const std::string& method = "GET",
                                           const std::string& body = {}, const http::headers& fields = {});

private:
    void write_configuration();
    options options_;
    std::string server_url(const std::string& database, int port = 0) const;
    std::string directory_, database_, url_, daemon_url_;
    std::vector<std::string> environment_, under_;
    int api_port_ = 0, control_port_ = 0, operations_port_ = 0;
    std::unique_ptr<process> provider_;
    std::map<std::string, std::unique_ptr<process>> daemons_; // those that should run
    std::string past_logs_;
    std::unique_ptr<pqxx::connection> connection_;
};

/// A stage on which orders stay in progress and retries come soon, with `keys` in the daemon's configuration.
stage::options slow(std::string keys = {});
/// Searches show nothing that is younger than this; waits until the known order is older.
void hide_what_is_younger(stage&, std::chrono::seconds);
/// A setting of the simulator: the next order is lost, and answered 500.
constexpr const char* lost_request =
    R"({"faults": [{"operation": "POST /orders", "answer": "500", "every": 1, "times": 1}]})";

}
