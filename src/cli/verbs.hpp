#pragma once
#include "orderd/core/log.hpp"
#include "orderd/service/configuration.hpp"
#include "orderd/store/inspect.hpp"

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
    std::unique_ptr<logger> make_log() const;
};

int run_verb(const surroundings&);
int check_verb(const surroundings&);
int migrate_verb(const surroundings&);

struct import_arguments {
    std::vector<std::string> files;
    bool dry_run = false, wait = false;
};
int import_verb(const surroundings&, const import_arguments&);

struct status_arguments {
    std::string batch;
    bool watch = false;
};
int status_verb(const surroundings&, const status_arguments&);

struct export_arguments {
    std::string batch, output;
};
int export_verb(const surroundings&, const export_arguments&);

int orders_list_verb(const surroundings&, const store::order_filter&);
int orders_show_verb(const surroundings&, const std::string& order);
struct move_arguments {
    std::vector<std::string> orders;
    std::string why;
    bool yes = false;
};
int orders_move_verb(const surroundings&, order_event, const move_arguments&);
struct resolve_arguments {
    std::string order, order_code, why;
    bool not_created = false, give_up = false, sure = false;
};
/// A new attempt of refused or failed orders; asks first when the provider has a live order for the line.
int orders_retry_verb(const surroundings&, const move_arguments&);
int orders_resolve_verb(const surroundings&, const resolve_arguments&);

int products_list_verb(const surroundings&);
int products_sync_verb(const surroundings&);
int rules_verb(bool json, bool markdown);

/// A table for people, or JSON.
void print(const store::table&, bool json);
/// Who gives the command, for the record.
std::string operator_name();

}
