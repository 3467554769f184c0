#pragma once
#include <CLI/CLI.hpp>
#include <set>
#include <string>

// What people type and no verb takes.
namespace orderd::cli {

/// Has every value of every verb refused that is empty, as of a shell variable that is not set (it must not be taken
/// for "all"), or no UTF-8, which is what everything here is kept in. Names of files may be any bytes, and a reason may
/// be empty.
void refuse_unusable_words(CLI::App&, const std::set<const CLI::Option*>& file_names);

/// What was wrong with the command line, for a person: the verb or option that does not exist, and the nearest.
std::string wrong_words(const CLI::App&, const CLI::ParseError&);

}
