#pragma once
#include "orderd/store/credential_box.hpp"
#include "orderd/store/database.hpp"
#include "orderd/store/inspect.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

// Sites as the provider tells them, and their secrets, sealed.
namespace orderd::store {

/// A site's detail as JSON without secrets, its secrets apart.
struct site_record {
    std::string code, name, case_name, status, line_id, global_ip, start_at, end_at, detail_json;
    std::vector<std::pair<std::string, std::string>> credentials;
};
/// `box`: seals the secrets; without one they are not kept. False: somebody's trigger kept the site as it was.
bool save_site(session&, const site_record&, const credential_box* box);
/// Sites whose detail is due to be read; each is put off by a growing pause in case that fails. Those that the database
/// does not let be put off are passed over.
struct due_list {
    std::vector<std::string> codes;
    std::vector<std::pair<std::string, std::string>> refused; // and why
};
due_list due_sites(session&, int limit);
/// Has the daemon read the detail of these sites again.
void refresh_sites(session&, const std::vector<std::string>& codes);
/// Has these not read any more until somebody asks for them again.
void give_up_refreshing(session&, const std::vector<std::string>& codes);
/// Those that the provider never told of.
std::vector<std::string> sites_not_known(session&, const std::vector<std::string>& codes);
/// Sites in use, which a list should name: those that two lists have missed already are not among them.
std::vector<std::string> sites_in_use(session&);
/// All sites as GET /customerSites lists them. `complete_since`: when the listing began, by `database_time`, if it is
/// sure that none is missing, so that a site not among them does not exist; "" otherwise. It is not when the database
/// refuses one; the others are saved all the same.
struct saved_list {
    long sites = 0, new_ones = 0, due = 0; // due: new or changed, their detail is to be read
    long refused = 0;                      // the database does not let them be changed
    std::string example{};                 // one of those, and why
    saved_list& operator+=(const saved_list&);
};
saved_list save_site_list(session&, const std::vector<site_record>&, const std::string& complete_since);
/// Has the detail of sites read again that was last read longer ago than `age`, a share of them at a time. How many.
long reread_sites(session&, std::chrono::milliseconds age);
std::string database_time(session&);
/// How long ago the sites were last listed completely; nothing when they never were.
std::optional<std::chrono::milliseconds> site_list_age(session&);

/// Counts report.difference by kind, for the metrics too.
std::vector<std::pair<std::string, long>> count_differences(session&);
/// How long ago that was; nothing when they never were.
std::optional<std::chrono::milliseconds> difference_count_age(session&);
/// What they were when they were last counted.
std::vector<std::pair<std::string, long>> counted_differences(session&);
/// report.difference, of one kind or all ("").
table differences(session&, const std::string& kind, int limit);
/// What a site was before, newest first.
table site_past(session&, const std::string& code);

/// report.site, by a part of the name or the case, and status, "" for any.
table site_list(session&, const std::string& text, const std::string& status, int limit);
/// One site's columns and its detail, without secrets; no row when there is none.
table site_line(session&, const std::string& code);

/// One secret of a site; `value` is nothing when its key is not there, and `key_id` then says which is needed.
struct opened_secret {
    std::string name, key_id;
    std::optional<std::string> value;
};
/// Opens the secrets of a site, and keeps who looked.
std::vector<opened_secret> open_secrets(session&, const std::string& code, const credential_box&,
                                        const std::string& operator_name);
struct resealed {
    int sealed = 0, without_key = 0;
};
/// Seals with the box's first key what is sealed with an older one or was written in plain text by an older release.
resealed seal_secrets(session&, const credential_box&);
/// How many secrets are there in plain text, and how many are sealed with another key than this ("" for any).
struct secrets_count {
    long plain = 0, sealed = 0, other_key = 0;
};
secrets_count count_secrets(session&, const std::string& key_id);

}
