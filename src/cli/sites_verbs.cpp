#include "ask_provider.hpp"
#include "orderd/provider/told.hpp"
#include "orderd/store/sites.hpp"
#include "orderd/tracking/books.hpp"
#include "orderd/tracking/tracker.hpp"
#include "verbs.hpp"

#include "orderd/core/shown.hpp"
#include "orderd/core/text.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <iostream>
#include <span>

namespace orderd::cli {
namespace {

using listed_sites = provider::result<tracking::sure_listing>;

bool known(store::session& session, const std::string& code)
{
    if (!store::site_line(session, code).rows.empty()) return true;
    warn() << "ipoe-orderd: there is no site \"" << code << "\"; `sites list` shows them, `sites sync` reads them\n";
    return false;
}

int show_secrets(const surroundings& s, store::session& session, const std::string& code)
{
    auto box = service::read_credential_box(s.config);
    if (!box) {
        warn() << "ipoe-orderd: the secrets are sealed, and there is no key here: name its file in "
                  "database.credential_key_file (as root: /etc/ipoe-orderd/credential_key)\n";
        return usage;
    }
    int worst = all_well;
    store::table t{{"secret", "value"}, {}};
    for (const auto& secret : store::open_secrets(session, code, *box, operator_name())) {
        if (!secret.value) {
            warn() << "ipoe-orderd: " << secret.name << " is sealed with the key " << secret.key_id
                   << ", which is not here. Put that key below the current one, or, when it is lost, have the provider "
                      "tell the secret again: sites sync "
                   << code << "\n";
            worst = some_failed;
        }
        t.rows.push_back({secret.name, secret.value});
    }
    if (t.rows.empty() && !s.json)
        warn() << "ipoe-orderd: no secret of this site is kept; `sites sync " << code << "` has it read again\n";
    else
        print(t, s.json);
    return worst;
}

}

namespace {

/// A site that is not known here may exist at the provider all the same, and is asked for.
int sync_sites(const surroundings& s, std::vector<std::string> codes)
{
    for (const auto& code : codes)
        if (!provider::can_be_site_code(code)) {
            warn() << "ipoe-orderd: \"" << shown(code, 60)
                   << "\" is no site code; it has 1 to 256 letters, digits and signs, without spaces. Nothing was "
                      "done\n";
            return usage;
        }
    std::sort(codes.begin(), codes.end());
    codes.erase(std::unique(codes.begin(), codes.end()), codes.end());
    auto session = s.open();
    auto unknown = store::sites_not_known(*session, codes);
    store::refresh_sites(*session, codes);
    auto many = codes.size();
    if (s.json)
        say() << json_text(
                     boost::json::object{{"asked_for", many}, {"not_known_here", boost::json::value_from(unknown)}})
              << "\n";
    else
        say() << many << (many == 1 ? " site is read again by the daemon\n" : " sites are read again by the daemon\n");
    if (unknown.empty()) return all_well;
    auto names = join(std::span(unknown).first(std::min<std::size_t>(unknown.size(), 5)), ", ");
    warn() << "ipoe-orderd: " << (unknown.size() == 1 ? "this is no site that is known here: " : "")
           << (unknown.size() == 1 ? "" : std::to_string(unknown.size()) + " of these are not known here: ") << names
           << (unknown.size() > 5 ? ", …" : "")
           << "; the provider is asked all the same, and the daemon's log says when it does not know "
           << (unknown.size() == 1 ? "it" : "them") << "\n";
    return some_failed;
}

}

int sites_list_verb(const surroundings& s, const sites_arguments& a)
{
    auto session = s.open();
    print(store::site_list(*session, a.text, a.status, a.limit), s.json);
    return all_well;
}

int sites_show_verb(const surroundings& s, const sites_arguments& a)
{
    auto session = s.open();
    const auto& code = a.codes.front();
    if (!known(*session, code)) return usage;
    if (a.secrets) return show_secrets(s, *session, code);
    if (a.history) {
        print(store::site_past(*session, code), s.json);
        return all_well;
    }
    auto line = store::site_line(*session, code);
    if (s.json) {
        print(line, true);
        return all_well;
    }
    for (std::size_t i = 0; i < line.columns.size(); ++i)
        if (line.rows[0][i])
            say() << line.columns[i] << std::string(22 - std::min<std::size_t>(21, line.columns[i].size()), ' ')
                  << *line.rows[0][i] << "\n";
    return all_well;
}

int sites_sync_verb(const surroundings& s, const sites_arguments& a)
{
    if (!a.codes.empty()) return sync_sites(s, a.codes);
    auto session = s.open();
    auto begun = store::database_time(*session);
    auto today = tokyo_day(service::now());
    std::function<boost::asio::awaitable<listed_sites>(asked)> question =
        [today, in_use = store::sites_in_use(*session)](asked of) {
            return tracking::list_sites_surely(of.api, today, in_use);
        };
    auto listed = ask<listed_sites>(s, question);
    if (!listed) {
        warn() << "ipoe-orderd: the provider did not tell its sites: " << provider::summary(listed.error()) << "\n";
        return unreachable;
    }
    auto saved = tracking::save_sites(*session, listed->sites.items, listed->sites.complete ? begun : "");
    if (s.json)
        say() << json_text(boost::json::object{
                     {"sites", saved.sites}, {"new", saved.new_ones}, {"complete", listed->sites.complete}})
              << "\n";
    else
        say() << saved.sites << " sites, " << saved.new_ones << " of them new; the daemon reads the details of those\n";
    if (listed->left_out > 0)
        warn() << "ipoe-orderd: the provider's first list left out " << listed->left_out
               << " sites that are in use; the second, asked for at once, had them\n";
    if (const auto& odd = listed->sites.unreadable; !odd.empty())
        warn() << "ipoe-orderd: " << odd.size()
               << " elements of the provider's list cannot be read, and are left out: " << shown(odd.front().why, 300)
               << "\n";
    if (!listed->sites.complete) {
        warn()
            << "ipoe-orderd: the provider did not list all sites; no site is taken for gone, and the others are known "
               "when an order names them\n";
        if (const auto& why = listed->sites.not_whole; !why.empty()) warn() << "ipoe-orderd: " << why << "\n";
        return some_failed;
    }
    return all_well;
}

int sites_differences_verb(const surroundings& s, const sites_arguments& a)
{
    auto session = s.open();
    auto kinds = store::count_differences(*session);
    std::vector<std::string> names;
    for (const auto& [kind, count] : kinds) names.push_back(kind);
    if (!a.kind.empty() && std::find(names.begin(), names.end(), a.kind) == names.end()) {
        warn() << "ipoe-orderd: there is no kind \"" << a.kind << "\"; there are " << join(names, ", ") << "\n";
        return usage;
    }
    auto found = store::differences(*session, a.kind, a.limit);
    if (!s.json && !store::site_list_age(*session))
        warn() << "ipoe-orderd: the provider's sites were never listed completely; `sites sync` does\n";
    if (found.rows.empty() && !s.json)
        say() << "what was ordered and what the provider has agree\n";
    else
        print(found, s.json);
    return found.rows.empty() ? all_well : some_failed;
}

int sites_rekey_verb(const surroundings& s)
{
    auto box = service::read_credential_box(s.config);
    if (!box) {
        warn() << "ipoe-orderd: there is no key; name its file in database.credential_key_file\n";
        return usage;
    }
    auto session = s.open();
    auto done = store::seal_secrets(*session, *box);
    say() << done.sealed << " secrets are sealed anew, with the key " << box->key_id() << "\n";
    if (done.without_key == 0) return all_well;
    warn() << "ipoe-orderd: " << done.without_key
           << " are sealed with a key that is not here; put it below the current one, or have the provider tell them "
              "again with `sites sync CODE`\n";
    return some_failed;
}

}
