#include "orderd/cli/cli.hpp"
#include "documentation.hpp"
#include "orderd/reporting/atomic_file.hpp"
#include "orderd/service/daemon.hpp"
#include "orderd/service/logging.hpp"
#include "orderd/store/exports.hpp"
#include "orderd/store/migrations.hpp"
#include "unblocked_errors.hpp"
#include "verbs.hpp"
#include "wrong_words.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fcntl.h>
#include <filesystem>
#include <optional>
#include <set>
#include <sstream>
#include <unistd.h>

namespace orderd::cli {
namespace {

/// A verb, ready to run once the configuration is read.
using chosen_verb = std::function<int(const surroundings&)>;

struct command_line {
    CLI::App app{"Batch order processing for a provider's IPoE API.\nSites come in as CSV files or table rows, become "
                 "orders at the "
                 "provider exactly once, and are followed to their end.",
                 "ipoe-orderd"};
    std::string config_file;
    bool json = false, markdown = false;
    chosen_verb verb;
    bool needs_configuration = true;
    import_arguments import;
    status_arguments status;
    export_arguments exported;
    store::order_filter filter;
    std::string shown_order;
    move_arguments move;
    resolve_arguments resolve;
    reconcile_arguments reconcile;
    batches_arguments batches;
    sites_arguments sites;
    bool configuration_only = false;
    std::string document;
    std::set<const CLI::Option*> file_names;

    CLI::App* add(CLI::App* to, const std::string& name, const std::string& text, chosen_verb run)
    {
        auto* sub = to->add_subcommand(name, text);
        file_names.insert(sub->add_option(
            "--config", config_file, "configuration file (default /etc/ipoe-orderd/orderd.toml, or $ORDERD_CONFIG)"));
        sub->callback([this, run] { verb = run; });
        return sub;
    }
    CLI::App* add_table(CLI::App* to, const std::string& name, const std::string& text, chosen_verb run)
    {
        auto* sub = add(to, name, text, std::move(run));
        sub->add_flag("--json", json, "machine-readable output");
        return sub;
    }

    command_line()
    {
        app.require_subcommand(1);
        app.set_version_flag("--version", ORDERD_VERSION);
        file_names.insert(app.add_option("--config", config_file, "configuration file"));
        add(&app, "run", "run the daemon", run_verb);
        add_table(&app, "check",
                  "look at configuration, database, credentials and drop directory: what is wrong, and how to mend it",
                  [this](const auto& s) { return check_verb(s, configuration_only); })
            ->add_flag("--configuration-only", configuration_only, "only whether the file can be read");
        add_table(&app, "health", "the database: size, dead rows, who holds back cleaning up, indexes", health_verb);
        add(&app, "migrate", "bring the database's schema up to date", migrate_verb);

        auto* i =
            add_table(&app, "import", "take in CSV files", [this](const auto& s) { return import_verb(s, import); });
        file_names.insert(i->add_option("FILE", import.files, "CSV files")->required());
        i->add_flag("--dry-run", import.dry_run, "only say what is wrong with them; nothing is stored or sent");
        i->add_flag("--wait", import.wait, "wait until every order has ended");

        auto* st = add_table(&app, "status", "how far everything is",
                             [this](const auto& s) { return status_verb(s, status); });
        st->add_option("--batch", status.batch, "one batch only");
        st->add_flag("--watch", status.watch, "show it again every two seconds");
        st->add_option("--times", status.times, "with --watch: so often, then end")->check(CLI::Range(1, 1'000'000));

        add_export();
        add_orders();
        add_batches();
        add_sites();
        auto* p = app.add_subcommand("products", "the product catalogue");
        p->require_subcommand(1);
        add_table(p, "list", "show it", products_list_verb);
        add_table(p, "history", "what products cost, and from when to when", products_history_verb);
        add_table(p, "sync", "read it from the provider", products_sync_verb);

        auto* r = app.add_subcommand("rules", "every rule that a row must keep");
        r->add_flag("--json", json, "machine-readable output");
        r->add_flag("--markdown", markdown, "as a document");
        r->callback([this] {
            verb = [this](const auto&) { return rules_verb(json, markdown); };
            needs_configuration = false;
        });
        auto* d = app.add_subcommand("documentation", "manual pages and shell completions, made from this program");
        d->add_option("WHAT", document, "ipoe-orderd.8, orderd.toml.5, bash, zsh, fish, or orderd.toml for an example")
            ->required()
            ->check(CLI::IsMember({"ipoe-orderd.8", "orderd.toml.5", "bash", "zsh", "fish", "orderd.toml"}));
        d->callback([this] {
            verb = [this](const auto&) {
                say() << laid_out{documentation(document, app)};
                return static_cast<int>(all_well);
            };
            needs_configuration = false;
        });
        refuse_unusable_words(app, file_names);
    }

    void add_export()
    {
        auto* e =
            add(&app, "export", "results, charges, rejections, sites and more as CSV, JSON lines or Excel workbook",
                [this](const auto& s) { return export_verb(s, exported); });
        std::vector<std::string> names;
        std::string about = "results unless said;";
        for (const auto& view : store::exportable()) {
            names.emplace_back(view.name);
            about += " " + std::string(view.name) + ": " + std::string(view.about) + ".";
        }
        e->add_option("WHAT", exported.what, about)->check(CLI::IsMember(names));
        e->add_option("--batch", exported.batch, "of this batch");
        e->add_option("--since", exported.since, "of this Japanese day or later, such as 2027-03-01");
        e->add_option("--until", exported.until, "of this Japanese day or earlier");
        e->add_option("--month", exported.month, "of this month, such as 2027-03");
        e->add_option("--format", exported.format, "csv (usual), jsonl: one JSON object a line, or xlsx");
        e->add_flag("--json", json, "the same as --format jsonl");
        e->add_option("--encoding", exported.encoding, "of CSV: utf-8-bom (usual), utf-8 or cp932");
        file_names.insert(e->add_option(
            "--output", exported.output,
            "file to write, instead of standard output; with a template, {{customer_site_code}} in it makes a file "
            "for each site"));
        e->add_flag(
            "--secrets", exported.secrets,
            "sites in use with their pre-shared keys, passwords and line access keys, for routers; who took them is "
            "kept");
        file_names.insert(e->add_option(
            "--template", exported.template_file,
            "for each site this text, with {{globalIp}} and the like replaced by its values; {{NAME?}} may be "
            "missing. A .json or .csv template has its values escaped"));
    }

    void add_filter(CLI::App* to, store::order_filter& of)
    {
        to->add_option("--state", of.state, "in this state");
        to->add_option("--batch", of.batch, "of this batch");
        to->add_option("--line", of.line_id, "of this line_id");
        to->add_option("--site", of.customer_site_code, "of this customer_site_code");
        to->add_option("--error", of.error_code, "with this error code");
        to->add_option("--since", of.since, "that came on this Japanese day or later, such as 2027-03-01");
        to->add_option("--until", of.until, "that came on this Japanese day or earlier");
        to->add_option("--text", of.text, "with this text in the site's or the case's name");
    }

    void add_orders()
    {
        auto* o = app.add_subcommand("orders", "look at orders and decide about them");
        o->require_subcommand(1);
        auto* list =
            add_table(o, "list", "the newest orders", [this](const auto& s) { return orders_list_verb(s, filter); });
        add_filter(list, filter);
        list->add_option("--limit", filter.limit, "at most so many")->check(CLI::Range(1, 1'000'000));
        auto* show = add_table(o, "show", "the whole story of one order",
                               [this](const auto& s) { return orders_show_verb(s, shown_order); });
        show->add_option(
                "ORDER", shown_order,
                "its number here, '#17' (in quotation marks: in a shell, # without them begins a comment), its "
                "request_key, its order code or a requestId")
            ->required();

        auto add_move = [&](const char* name, const char* text, chosen_verb run) {
            auto* sub = add_table(o, name, text, std::move(run));
            sub->add_option("ORDER", move.orders,
                            "numbers, '#17' (in quotation marks: in a shell, # without them begins a comment), "
                            "request_keys or order codes; none: all that match. A word that fits several orders is an "
                            "error");
            add_filter(sub, move.filter);
            sub->add_option("--why", move.why, "reason, for the record");
            return sub;
        };
        auto simply = [this](order_event event) {
            return [this, event](const surroundings& s) { return orders_move_verb(s, event, move); };
        };
        add_move("retry", "send refused or failed orders again, as a new attempt",
                 [this](const auto& s) { return orders_retry_verb(s, move); })
            ->add_flag("--yes", move.yes,
                       "do not ask; also when the provider has a live order for the line or site, or cannot be asked");
        for (auto [name, text, event] :
             {std::tuple{"hold", "keep orders back before they are sent", order_event::hold_asked},
              std::tuple{"release", "let held orders go", order_event::release_asked},
              std::tuple{"withdraw", "give up orders that were not sent", order_event::withdraw_asked}})
            add_move(name, text, simply(event))->add_flag("--yes", move.yes, "do not ask");

        add_move(
            "search-again",
            "have the provider searched again for held orders that may exist there; what is found then is followed, "
            "what is proven absent is sent",
            simply(order_event::search_asked))
            ->add_flag("--yes", move.yes, "do not ask");

        auto* r = add_table(
            o, "resolve",
            "an order in doubt, or held after it: what the provider has that could be it; and a person's decision",
            [this](const auto& s) { return orders_resolve_verb(s, resolve); });
        r->add_option("ORDER", resolve.order, "its number, '#17', or its request_key")->required();
        auto* code = r->add_option("--order-code", resolve.order_code, "it is this order at the provider");
        auto* none = r->add_flag("--not-created", resolve.not_created, "the provider has no such order: send it again");
        auto* give = r->add_flag("--give-up", resolve.give_up,
                                 "neither send nor follow it; what may exist at the provider is not cancelled there");
        auto* again = r->add_flag("--search-again", resolve.search_again,
                                  "held: have the daemon search the provider for it again");
        auto* not_ours =
            r->add_flag("--not-ours", resolve.not_ours,
                        "accepted by --order-code: that is another order after all; it is searched for again");
        r->add_flag("--sure", resolve.sure, "although the provider shows something else, or cannot be asked");
        for (auto* one : {code, none, give, again, not_ours})
            for (auto* other : {code, none, give, again, not_ours})
                if (one != other) one->excludes(other);
        r->add_option("--why", resolve.why, "reason, for the record");

        auto* c = add_table(o, "reconcile",
                            "after the database was restored from a backup: search the provider for everything that "
                            "may have been sent since, before anything is sent",
                            [this](const auto& s) { return orders_reconcile_verb(s, reconcile); });
        auto* since =
            c->add_option("--since", reconcile.since, "when the backup was made, such as \"2027-03-01 03:00\"");
        auto* done = c->add_flag("--done", reconcile.done,
                                 "everything was handed in again: send new orders at once from now on");
        since->excludes(done);
        c->add_flag("--yes", reconcile.yes, "do not ask");
    }

    void add_sites()
    {
        auto* t = app.add_subcommand("sites", "sites as the provider tells them");
        t->require_subcommand(1);
        auto* list = add_table(t, "list", "show them", [this](const auto& s) { return sites_list_verb(s, sites); });
        list->add_option("--text", sites.text, "with this text in the site's or the case's name, or this code");
        list->add_option("--status", sites.status, "1: in use, 2: ended");
        list->add_option("--limit", sites.limit, "at most so many")->check(CLI::Range(1, 1'000'000));
        auto* show = add_table(t, "show", "one site", [this](const auto& s) { return sites_show_verb(s, sites); });
        show->add_option("CODE", sites.codes, "its customer_site_code")->required()->expected(1);
        show->add_flag("--secrets", sites.secrets,
                       "its pre-shared keys, tunnel password and line access key instead; who looked is kept");
        auto* sync = add_table(t, "sync", "read all from the provider, or these anew",
                               [this](const auto& s) { return sites_sync_verb(s, sites); });
        sync->add_option("CODE", sites.codes, "customer_site_codes; none: all");
        show->add_flag("--history", sites.history, "what the provider told of it before");
        auto* differences = add_table(t, "differences", "what was ordered and what the provider has differ here",
                                      [this](const auto& s) { return sites_differences_verb(s, sites); });
        differences->add_option("--kind", sites.kind, "of this kind only");
        differences->add_option("--limit", sites.limit, "at most so many")->check(CLI::Range(1, 1'000'000));
        add(t, "rekey", "seal all secrets with the first key of database.credential_key_file", sites_rekey_verb);
    }

    void add_batches()
    {
        auto* b = app.add_subcommand("batches", "look at batches, pause them, let them go on, give them up");
        b->require_subcommand(1);
        auto* list =
            add_table(b, "list", "the newest batches", [this](const auto& s) { return batches_list_verb(s, batches); });
        list->add_flag("--open", batches.open, "only those with orders that have not ended");
        list->add_option("--limit", batches.limit, "at most so many")->check(CLI::Range(1, 100'000));
        auto one = [&](const char* name, const char* text, int (*act)(const surroundings&, const batches_arguments&)) {
            auto* sub = add_table(b, name, text, [this, act](const auto& s) { return act(s, batches); });
            sub->add_option("BATCH", batches.batch, "name of the batch")->required();
            return sub;
        };
        one("show", "one batch: rows, states, costs, what went wrong", batches_show_verb);
        one("pause", "send no order of it any more until it is resumed", batches_pause_verb);
        one("resume", "let it go on", batches_resume_verb);
        one("withdraw", "give up all its orders that were not sent", batches_withdraw_verb)
            ->add_flag("--yes", batches.yes, "do not ask");
        for (auto* sub :
             {one("approve", "consent to what it costs: shows it and asks; then it is sent", batches_approve_verb),
              one("decline", "no consent: all that waits for approval is withdrawn", batches_decline_verb)}) {
            sub->add_option("--why", batches.why, "reason, for the record");
            sub->add_flag("--yes", batches.yes, "do not ask");
        }
    }
};

}

std::unique_ptr<service::adjustable_logger> surroundings::make_daemon_log() const
{
    return service::make_daemon_logger(config.log.level, config.log.format);
}

namespace {

/// A standard descriptor that is closed would be given to the next file or connection, which would then get what is
/// meant for people.
void open_standard_descriptors()
{
    int opened = ::open("/dev/null", O_RDWR);
    while (opened >= 0 && opened <= STDERR_FILENO) opened = ::open("/dev/null", O_RDWR);
    if (opened > STDERR_FILENO) ::close(opened);
}

/// Whether everything that was said reached standard output; says why not.
bool all_was_said()
{
    say().flush();
    if (say().stream()) return true;
    warn() << "ipoe-orderd: the output could not be written in full; is the disk full?\n";
    return false;
}

}

int run(int argc, char** argv)
{
    open_standard_descriptors();
    command_line line;
    try {
        line.app.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
        std::ostringstream told, wrong;
        auto code = line.app.exit(e, told, wrong);
        say() << laid_out{shown_lines(told.str())};
        if (code != 0)
            warn() << "ipoe-orderd: " << wrong_words(line.app, e) << "\nRun with --help for more information.\n";
        return code == 0 ? all_well : usage;
    }
    bool daemon = line.app.got_subcommand("run");
    std::optional<unblocked_errors> errors;
    if (daemon) errors.emplace();
    // What stops a daemon may be over when the service manager starts it again.
    int cannot_be_written = daemon ? defect : usage;
    try {
        surroundings around;
        around.json = line.json;
        if (line.needs_configuration)
            around.config = service::read_configuration(service::configuration_file(line.config_file));
        int code = line.verb(around);
        return all_was_said() ? code : std::max<int>(code, usage);
    } catch (const service::configuration_error& e) {
        warn() << "ipoe-orderd: " << e.what() << "\n";
        return usage;
    } catch (const store::schema_too_new& e) {
        warn() << "ipoe-orderd: " << e.what() << "\n";
        return usage;
    } catch (const store::unavailable& e) {
        warn() << "ipoe-orderd: the database cannot be reached: " << e.what() << "\n";
        return unreachable;
    } catch (const store::statement_failed& e) {
        if (e.not_allowed()) {
            warn() << "ipoe-orderd: this login may not do that: " << e.what()
                   << " (make it the owner of the database, or run this as the owner)\n";
            return usage;
        }
        warn() << "ipoe-orderd: the database refused a statement: " << e.what()
               << " (is `ipoe-orderd migrate` still to be run?)\n";
        return unreachable;
    } catch (const reporting::file_not_written& e) {
        warn() << "ipoe-orderd: " << e.what() << "\n";
        return cannot_be_written;
    } catch (const std::filesystem::filesystem_error& e) {
        warn() << "ipoe-orderd: " << e.path1().string() << ": " << e.code().message() << "\n";
        return cannot_be_written;
    } catch (const std::exception& e) {
        warn() << "ipoe-orderd: " << e.what() << "\n";
        return defect;
    }
}

}
