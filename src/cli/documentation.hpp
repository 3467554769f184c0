#pragma once
#include <CLI/CLI.hpp>
#include <string>

namespace orderd::cli {

/// A manual page (ipoe-orderd.8, orderd.toml.5), completions for a shell (bash, zsh, fish) or the example configuration
/// (orderd.toml), made from the verbs as --help tells them and from the keys as the example explains them.
std::string documentation(const std::string& what, const CLI::App&);

}
