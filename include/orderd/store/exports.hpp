#pragma once
#include "orderd/core/ids.hpp"
#include "orderd/store/credential_box.hpp"
#include "orderd/store/database.hpp"
#include "orderd/store/exportable.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

// The views of `report`, told row by row for files; memory does not grow with their number.
namespace orderd::store {

/// What to export. Days are Japanese, YYYY-MM-DD, "" for no bound.
struct export_choice {
    std::string what = "results"; // a name of `exportable()`
    std::string batch;            // "" for all
    std::string since, until;
    bool operator==(const export_choice&) const = default;
};
struct export_column {
    std::string name;
    enum class kind { text, number, truth, day } is = kind::text;
};
using export_row = std::vector<std::optional<std::string>>;
/// `head` once, then `row` for each. Throws std::invalid_argument when the view cannot be narrowed like this.
void export_rows(session&, const export_choice&, const std::function<void(const std::vector<export_column>&)>& head,
                 const std::function<void(const export_row&)>& row);

/// A site with everything that is known of it, for a router: members by the provider's names ("globalIp",
/// "customerSiteLanAddress.lanNetworkAddress"), columns of report.site, and with `box` its secrets.
struct provisioning_site {
    std::string code;
    std::map<std::string, std::string> values;
    std::vector<std::string> sealed_otherwise; // secrets whose key is not here
};
/// Sites in use, of a batch or all (""). Who gets secrets is kept, site by site, before they are told.
void export_sites(session&, const std::string& batch, const credential_box*, const std::string& operator_name,
                  const std::function<void(const provisioning_site&)>& each);

/// The last Japanese day (YYYY-MM-DD) whose exports have been written; "" when none was.
std::string exported_through(session&);
void set_exported_through(session&, const std::string& day);

}
