#pragma once
#include "orderd/core/catalogue.hpp"
#include "orderd/store/database.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

// What was read from the provider, kept.
namespace orderd::store {

/// The catalogue; nothing when it has never been read.
std::optional<catalogue> read_catalogue(session&);
void save_catalogue(session&, const std::vector<product>&);

/// A site's detail as JSON without secrets, its secrets apart.
struct site_record {
    std::string code, name, case_name, status, line_id, global_ip, start_at, end_at, detail_json;
    std::vector<std::pair<std::string, std::string>> credentials;
};
void save_site(session&, const site_record&);
/// Codes of sites whose detail is due to be read; each is put off by a growing pause in case that fails.
std::vector<std::string> due_sites(session&, int limit);

}
