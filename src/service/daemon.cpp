#include "orderd/service/daemon.hpp"
#include "database_watch.hpp"
#include "descriptors.hpp"
#include "former_instances.hpp"
#include "lock_watch.hpp"
#include "operations.hpp"
#include "options_of.hpp"
#include "orderd/async/loop_time.hpp"
#include "orderd/async/supervise.hpp"
#include "orderd/core/text.hpp"
#include "orderd/intake/watchers.hpp"
#include "orderd/reporting/result_files.hpp"
#include "orderd/reporting/scheduled_exports.hpp"
#include "orderd/service/housekeeper.hpp"
#include "orderd/service/order_loops.hpp"
#include "orderd/service/prometheus_metrics.hpp"
#include "orderd/service/service_manager.hpp"
#include "orderd/store/order_store.hpp"
#include "orderd/store/server_notices.hpp"
#include "orderd/tracking/books.hpp"
#include "orderd/tracking/tracker.hpp"
#include "prepare_database.hpp"
#include "reload_notice.hpp"
#include "status_teller.hpp"
#include "token_keeper.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <cstdlib>
#include <random>
#include <unistd.h>

namespace orderd::service {
namespace {

namespace asio = boost::asio;

void warn_of(const configuration& c, logger& log)
{
    for (const auto& warning : c.warnings) log.warning(warning);
}

/// The parts and how they hang together. Everything here lives on one thread, the event loop's; the database has its
/// own.
class daemon {
public:
    daemon(const configuration& c, const std::string& client_secret, adjustable_logger& log)
        : config_(c),
          log_(log),
          uniform01_([this] { return std::uniform_real_distribution<double>(0, 1)(random_); }),
          manager_(on()),
          time_(async::make_loop_time(on())),
          // Files and exports of any size; what touches few rows at a time sets bounds of its own.
          database_(connect(c.database.connections - for_orders(c), store::planning::as_usual, std::chrono::seconds(5),
                            std::chrono::minutes(10))),
          // Some thousand rows by index at most, which take a thousandth of it where nothing holds them up.
          order_database_(
              connect(for_orders(c), store::planning::by_index, std::chrono::seconds(2), std::chrono::seconds(7))),
          // For a question of /metrics, and a heartbeat, which comes several times in a lease.
          own_database_(connect(2, store::planning::as_usual, std::chrono::seconds(3), std::chrono::seconds(5))),
          files_(std::make_unique<async::blocking_work>(2)),
          orders_(store::make_order_store(*order_database_, *own_database_, log)),
          loops_(on(), *time_, *orders_, api_maker(client_secret), loops_options_of(c), log, metrics_, uniform01_),
          box_(read_credential_box(c)),
          sites_(on(), *time_, *database_, *loops_.api, box_, c.tracking.sites_interval, log),
          catalogue_(*time_, *database_, *loops_.api, loops_.self(), c.tracking.catalogue_interval, log, metrics_),
          books_(*time_, *database_, *loops_.api, loops_.self(), now, book_intervals_of(c), log),
          exports_(*time_, *database_, loops_.self(), now, export_schedule_of(c), log),
          house_(*time_, *database_, loops_.self(), retention_of(c), box_, log),
          watch_(*time_, {order_database_.get(), own_database_.get()}, log),
          locks_(*time_, *own_database_, log),
          token_(*time_, *loops_.api),
          status_(*time_, *own_database_, log, manager_, loops_.self(), [this] { return live(); }),
          table_(*time_, *database_, c.table.enabled, c.table.poll_interval, judge_settings_of(c), log, metrics_, now,
                 [this] { rows_came(); })
    {
        if (!c.csv.directory.empty()) {
            std::filesystem::path directory(c.csv.directory);
            intake::prepare(directory);
            drop_.emplace(on(), *time_, *database_, drop_settings_of(c), judge_settings_of(c), log, metrics_, now,
                          [this] { rows_came(); });
            results_.emplace(*time_, *database_, directory, c.reporting.result_interval, log);
        }
        if (!c.operations.listen.empty())
            operations_ =
                serve_operations(on(), page_options_of(c),
                                 {*database_, *own_database_, *files_, metrics_, log, [this] { return live(); }});
    }

    int run()
    {
        asio::signal_set hangup(loop_, SIGHUP);
        wait_for_hangup(hangup);
        asio::signal_set signals(loop_, SIGTERM, SIGINT);
        signals.async_wait([this](auto error, int) {
            if (!error) stop();
        });
        manager_.start_pinging();
        asio::co_spawn(loop_, migrate_then_start(), [this](std::exception_ptr error) { ended(error); });
        loop_.run();
        // What did not come home in time refers to parts that are about to go: leave without taking it apart.
        if (out_of_time_) {
            log_.flush(std::chrono::seconds(2));
            std::_Exit(exit_code_);
        }
        order_database_.reset(); // their threads may still hold work that belongs to the loop
        database_.reset();
        own_database_.reset();
        files_.reset();
        return exit_code_;
    }

private:
    asio::any_io_executor on() { return loop_.get_executor(); }

    /// Orders on their way have connections of their own: no file that comes in, and no report, holds them up.
    static int for_orders(const configuration& c) { return c.database.connections / 2; }
    operations_options page_options_of(const configuration& c) const
    {
        auto limit = descriptor_limit(), needed = descriptors_needed(c);
        if (limit < needed + needed / 4)
            log_.warning("the daemon may open few files at once; raise LimitNOFILE in its unit",
                         {{"limit", limit}, {"needed", needed}});
        return {c.operations.listen, read_operator_password(c),      c.csv.directory, c.operations.host_names,
                host_name(),         page_connections(limit, needed)};
    }
    std::unique_ptr<store::database> connect(int connections, store::planning plans,
                                             std::chrono::milliseconds lock_wait,
                                             std::chrono::milliseconds statement_time)
    {
        return std::make_unique<store::database>(
            store::database_options{config_.database.url, connections, plans, lock_wait, statement_time,
                                    [this](std::string_view words) { notices_.tell(words); }});
    }
    order_loops::api_maker api_maker(const std::string& client_secret)
    {
        return [this, client_secret](std::function<asio::awaitable<void>()> place) {
            auto options = api_options_of(config_, client_secret);
            options.place = std::move(place);
            return provider::make_api(on(), std::move(options), log_, metrics_);
        };
    }

    live_figures live()
    {
        live_figures f;
        f.in_flight = loops_.submitter.in_flight();
        f.places = loops_.lease.places();
        f.circuit_open = loops_.breaker.open();
        f.authenticated = loops_.api->authenticated();
        f.leased = loops_.lease.valid();
        f.requests_per_second = config_.submission.requests_per_second;
        f.token_age = loops_.api->token_age();
        if (auto at = loops_.tracker.swept_at(); at != timekeeper::time_point{})
            f.sweep_age = std::chrono::duration_cast<std::chrono::milliseconds>(time_->now() - at);
        return f;
    }

    void wait_for_hangup(asio::signal_set& hangup)
    {
        hangup.async_wait([this, &hangup](auto error, int) {
            if (error) return;
            if (!stopping_) reload();
            wait_for_hangup(hangup);
        });
    }

    /// Applies what can change at run time, all of it or, when the file has an error, nothing.
    void reload()
    {
        manager_.reloading();
        try {
            auto wanted = read_configuration(config_.file);
            auto changes = changes_between(config_, wanted);
            if (!changes.applied.empty()) apply(wanted);
            reloads_.read(changes, wanted.warnings);
            auto later = join(changes.at_restart, ", ");
            manager_.ready(later.empty() ? "configuration read again"
                                         : "configuration read again; needs a restart: " + later);
        } catch (const std::exception& e) {
            reloads_.refused(e.what());
            manager_.ready("the configuration has an error, the one before stays in force");
        }
    }

    /// Takes over from `wanted` what a reload applies; the rest stays as it was, so that the next reload still says so.
    void apply(const configuration& wanted)
    {
        take_over_live_keys(config_, wanted);
        const auto& c = config_;
        loops_.configure(loops_options_of(c));
        sites_.set_interval(c.tracking.sites_interval);
        catalogue_.set_interval(c.tracking.catalogue_interval);
        books_.configure(book_intervals_of(c));
        exports_.configure(export_schedule_of(c));
        house_.configure(retention_of(c));
        table_.configure(c.table.poll_interval, judge_settings_of(c));
        if (drop_) drop_->configure(drop_settings_of(c), judge_settings_of(c));
        if (results_) results_->set_interval(c.reporting.result_interval);
        log_.set_level(c.log.level);
    }

    void rows_came()
    {
        loops_.submitter.wake();
        if (results_) results_->wake();
    }

    /// For what a person must mend first; the service manager does not try again.
    void does_not_start(const store::server_fault& fault)
    {
        if (fault.remedy.empty())
            log_.error("the daemon does not start", {{"why", fault.what}});
        else
            log_.error("the daemon does not start", {{"why", fault.what}, {"remedy", fault.remedy}});
        exit_code_ = 2;
        loop_.stop();
    }

    /// Waits for the database, brings its schema up to date, and starts the parts.
    asio::awaitable<void> migrate_then_start()
    {
        store::database_notice trouble(log_, "bringing the database up to date");
        while (!stopping_) {
            std::exception_ptr failed;
            try {
                auto prepare = [url = config_.database.url](store::session& on) { return prepare_database(on, url); };
                auto prepared = co_await database_->run(prepare);
                if (prepared.fault) {
                    does_not_start(*prepared.fault);
                    co_return;
                }
                for (const auto& name : prepared.applied) log_.info("migration applied", {{"name", name}});
                if (int gone = co_await database_->run([](store::session& s) { return declare_gone_ones_lost(s); }))
                    log_.warning("a daemon of this machine ended without a word; its orders are taken over",
                                 {{"instances", gone}});
                break;
            } catch (const store::statement_failed&) {
                failed = std::current_exception();
            } catch (const store::unavailable&) {
                failed = std::current_exception();
            }
            trouble.failed(failed);
            manager_.starting("waiting for the database", std::chrono::seconds(60));
            co_await again_.wait_for(std::chrono::seconds(1));
        }
        trouble.recovered();
        if (stopping_) {
            loop_.stop();
            co_return;
        }
        start_parts();
    }

    void start_parts()
    {
        spawn(loops_.recorder.run(), recording_);
        spawn(loops_.lease.run(), leasing_);
        spawn(loops_.rate.run(), rating_);
        spawn(loops_.breaker.run(), breaking_);
        spawn(loops_.submitter.run());
        spawn(loops_.reconciler.run());
        spawn(loops_.tracker.run());
        keep_up("reading sites", [this] { return sites_.run(); });
        keep_up("reading the catalogue", [this] { return catalogue_.run(); });
        keep_up("reading lists of orders and sites", [this] { return books_.run(); });
        keep_up("exports", [this] { return exports_.run(); });
        keep_up("housekeeping", [this] { return house_.run(); });
        keep_up("watching the database", [this] { return watch_.run(); });
        keep_up("watching for locks", [this] { return locks_.run(); });
        keep_up("the status line", [this] { return status_.run(); });
        keep_up("the access token", [this] { return token_.run(); });
        keep_up("rows of the table", [this] { return table_.run(); });
        if (drop_) keep_up("files", [this] { return drop_->run(); });
        if (results_) keep_up("answers", [this] { return results_->run(); });
        catalogue_.on_read([this] { table_.wake(); });
        database_->listen("orderd_intake", on(), [this] { table_.wake(); });
        database_->listen("orderd_ready", on(), [this] { loops_.submitter.wake(); });
        database_->listen("orderd_circuit", on(), [this] { loops_.breaker.wake(); });
        if (!box_)
            log_.warning("there is no key to seal pre-shared keys and passwords of sites with; they are not kept. Set "
                         "database.credential_key_file, or load the systemd credential credential_key");
        log_.info("ready", {{"instance", instance_name_of(config_)},
                            {"database", store::without_password(config_.database.url)},
                            {"api", config_.api.base_url},
                            {"drop_directory", config_.csv.directory},
                            {"operations", operations_ ? "port " + std::to_string(operations_->port()) : "off"}});
        manager_.ready("running");
    }

    /// Orders go on while a duty beside them fails.
    void keep_up(std::string name, std::function<asio::awaitable<void>()> duty)
    {
        spawn(async::keep_running(
            again_, log_, std::move(name), [this] { return stopping_; }, std::move(duty)));
    }
    void spawn(asio::awaitable<void> part, bool& flag)
    {
        flag = true;
        asio::co_spawn(loop_, std::move(part), [this, &flag](std::exception_ptr error) {
            flag = false;
            ended(error);
            settle();
        });
    }
    void spawn(asio::awaitable<void> part)
    {
        ++working_;
        asio::co_spawn(loop_, std::move(part), [this](std::exception_ptr error) {
            --working_;
            ended(error);
            settle();
        });
    }

    /// A part may only end because it was stopped; anything else is a defect, and the service manager starts us anew.
    void ended(std::exception_ptr error)
    {
        if (!error) return;
        try {
            std::rethrow_exception(error);
        } catch (const std::exception& e) {
            log_.error("a defect ends the daemon; it can be started again, nothing is lost", {{"what", e.what()}});
        }
        exit_code_ = 4;
        stop();
    }

    void stop()
    {
        if (stopping_) return;
        stopping_ = true;
        log_.info("stopping", {{"in_flight", loops_.submitter.in_flight()}});
        manager_.stopping("waiting for answers", config_.operations.stop_timeout + std::chrono::seconds(10));
        house_.stop();
        watch_.stop();
        locks_.stop();
        status_.stop();
        token_.stop();
        again_.notify();
        if (drop_) drop_->stop();
        table_.stop();
        catalogue_.stop();
        books_.stop();
        exports_.stop();
        sites_.stop();
        loops_.tracker.stop();
        loops_.reconciler.stop();
        loops_.submitter.stop();
        loops_.rate.stop(); // nobody waits for a place in a database that is away
        if (results_) results_->stop();
        deadline_.expires_after(config_.operations.stop_timeout);
        deadline_.async_wait([this](auto error) {
            if (error) return;
            log_.warning(
                "not everything came to its end within operations.stop_timeout. Orders on the wire are "
                "reconciled after the next start; what could not be written then is found out anew",
                {{"on_the_wire", loops_.submitter.in_flight()},
                 {"answers_to_write", loops_.recorder.waiting()},
                 {"database_has_not_answered_for_seconds",
                  std::chrono::duration_cast<std::chrono::seconds>(order_database_->unanswered_for()).count()}});
            out_of_time_ = true;
            loop_.stop();
        });
        settle();
    }

    /// When the parts have ended: the recorder writes what is left, then the lease is given up, then the loop ends.
    void settle()
    {
        if (!stopping_ || working_ > 0) return;
        if (recording_) return loops_.recorder.stop();
        if (rating_) return loops_.rate.stop();
        if (breaking_) return loops_.breaker.stop();
        if (leasing_) return loops_.lease.stop();
        if (std::exchange(closing_, true)) return;
        asio::co_spawn(loop_, last_words(), [this](std::exception_ptr) { loop_.stop(); });
    }

    asio::awaitable<void> last_words()
    {
        co_await house_.fold_once();
        if (results_) co_await results_->write_last();
        co_await loops_.lease.give_up();
        log_.tell_held_back(true);
        log_.info("stopped");
    }

    configuration config_;
    adjustable_logger& log_;
    std::mt19937_64 random_{std::random_device{}()};
    std::function<double()> uniform01_;
    asio::io_context loop_{1};
    service_manager manager_;
    std::unique_ptr<timekeeper> time_;
    prometheus_metrics metrics_;
    store::server_notices notices_{log_};
    std::unique_ptr<store::database> database_, order_database_, own_database_;
    std::unique_ptr<async::blocking_work> files_; // for what the status page reads of them
    std::unique_ptr<store::order_store> orders_;
    order_loops loops_;
    std::shared_ptr<const store::credential_box> box_;
    tracking::site_reader sites_;
    tracking::catalogue_reader catalogue_;
    tracking::book_keeper books_;
    reporting::scheduled_exports exports_;
    housekeeper house_;
    database_watch watch_;
    lock_watch locks_;
    token_keeper token_;
    status_teller status_;
    intake::table_watcher table_;
    std::optional<intake::drop_watcher> drop_;
    std::optional<reporting::result_writer> results_;
    std::unique_ptr<http::server> operations_;
    asio::steady_timer deadline_{loop_};
    async::wakeup again_{*time_};
    reload_notice reloads_{log_};
    int working_ = 0, exit_code_ = 0;
    bool recording_ = false, leasing_ = false, rating_ = false, breaking_ = false, stopping_ = false, closing_ = false,
         out_of_time_ = false;
};

}

int run_daemon(const configuration& c, const std::string& client_secret, adjustable_logger& log)
{
    std::signal(SIGPIPE, SIG_IGN); // a reader that goes, of the log too, is an error of its write
    warn_of(c, log);
    std::optional<daemon> parts;
    try {
        parts.emplace(c, client_secret, log);
    } catch (const std::runtime_error& e) { // an address that is taken, a directory or certificate that cannot be used
        throw configuration_error(e.what());
    }
    return parts->run();
}

}
