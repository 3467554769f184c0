#pragma once
#include "orderd/core/log.hpp"
#include "orderd/service/configuration.hpp"
#include "orderd/service/logging.hpp"
#include "orderd/store/inspect.hpp"
#include "terminal.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

// One function a verb; each gives its exit code.
namespace orderd::cli {

enum exit_code { all_well = 0, some_failed = 1, usage = 2, unreachable = 3, defect = 4 };

/// What every verb gets.
struct surroundings {
    service::configuration config;
    bool json = false;
    std::shared_ptr<store::session> open() const { return store::open_session(config.database.url); }
    std::unique_ptr<service::adjustable_logger> make_daemon_log() const;
};

int run_verb(const surroundings&);
int check_verb(const surroundings&, bool configuration_only);
int migrate_verb(const surroundings&);

struct import_arguments {
    std::vector<std::string> files;
    bool dry_run = false, wait = false;
};
int import_verb(const surroundings&, const import_arguments&);

struct status_arguments {
    std::string batch;
    bool watch = false;
    int times = 0; // watch so often; 0: until interrupted
};
int status_verb(const surroundings&, const status_arguments&);

struct export_arguments {
    std::string what = "results", batch, since, until, month, format = "csv", encoding = "utf-8-bom", output;
    bool secrets = false;
    std::string template_file;
};
int export_verb(const surroundings&, const export_arguments&);

int orders_list_verb(const surroundings&, const store::order_filter&);
int orders_show_verb(const surroundings&, const std::string& order);
struct move_arguments {
    std::vector<std::string> orders; // these, or
    store::order_filter filter;      // all that match
    std::string why;
    bool yes = false;
};
int orders_move_verb(const surroundings&, order_event, const move_arguments&);
/// Whether the person at the terminal reads Japanese (LC_ALL, LC_MESSAGES, LANG).
bool japanese();
/// Every line two spaces further in.
std::string indented(const std::string& lines);
struct resolve_arguments {
    std::string order, order_code, why;
    bool not_created = false, give_up = false, search_again = false, not_ours = false, sure = false;
};
/// A new attempt of refused or failed orders; asks first when the provider has a live order for the line.
int orders_retry_verb(const surroundings&, const move_arguments&);
int orders_resolve_verb(const surroundings&, const resolve_arguments&);
struct reconcile_arguments {
    std::string since;
    bool done = false, yes = false;
};
/// After a database was restored from a backup: nothing is sent that may have been sent since.
int orders_reconcile_verb(const surroundings&, const reconcile_arguments&);

struct batches_arguments {
    std::string batch;
    std::string state; // of the orders to list
    std::string why;
    bool open = false, yes = false;
    int limit = 30;
};
int batches_list_verb(const surroundings&, const batches_arguments&);
int batches_show_verb(const surroundings&, const batches_arguments&);
int batches_pause_verb(const surroundings&, const batches_arguments&);
int batches_resume_verb(const surroundings&, const batches_arguments&);
int batches_withdraw_verb(const surroundings&, const batches_arguments&);
/// Consent to what a batch costs, after showing it; declining withdraws it.
int batches_approve_verb(const surroundings&, const batches_arguments&);
int batches_decline_verb(const surroundings&, const batches_arguments&);
struct sites_arguments {
    std::vector<std::string> codes;
    std::string text, status;
    int limit = 100;
    std::string kind; // of differences
    bool secrets = false, history = false;
};
int sites_list_verb(const surroundings&, const sites_arguments&);
/// One site; with `secrets` its keys and passwords, and who looked is kept.
int sites_show_verb(const surroundings&, const sites_arguments&);
int sites_sync_verb(const surroundings&, const sites_arguments&);
/// What was ordered and what the provider has differ here.
int sites_differences_verb(const surroundings&, const sites_arguments&);
/// Seals all secrets with the current key.
int sites_rekey_verb(const surroundings&);
int health_verb(const surroundings&);

int products_list_verb(const surroundings&);
int products_sync_verb(const surroundings&);
int products_history_verb(const surroundings&);
int rules_verb(bool json, bool markdown);

/// A table for people, with coloured states on a terminal, or JSON.
void print(const store::table&, bool json, terminal& to = say());
/// Whether what is written there may have colours: a terminal, and nobody said NO_COLOR.
bool colours(const terminal&);
/// Asks on the terminal; no where there is none.
bool person_says_yes(const std::string& question);
/// Who gives the command, for the record.
std::string operator_name();

}
