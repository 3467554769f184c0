#pragma once
#include "orderd/core/catalogue.hpp"
#include "orderd/store/database.hpp"

#include <optional>
#include <vector>

// The product catalogue, kept with its history.
namespace orderd::store {

/// The catalogue; nothing when it has never been read.
std::optional<catalogue> read_catalogue(session&);

/// What a reading of the catalogue brought: a product that appeared, is missing for the first time, vanished, or has
/// another price or other properties.
struct catalogue_change {
    std::string code, name, kind; // kind: appeared, missing, vanished, price, other
    std::optional<long> purchase_before, monthly_before, purchase, monthly; // yen
};
/// "0-1-1-3-1 (…): price 0 + 500 a month -> 0 + 600 a month".
std::string in_words(const catalogue_change&);
/// All changes of one kind, with some of them in words.
struct catalogue_news {
    std::string kind, examples;
    std::size_t products = 0;
};
std::vector<catalogue_news> by_kind(const std::vector<catalogue_change>&);
/// Writes what was read and keeps what was before. The very first reading brings no changes.
/// A product goes away when two complete lists, one after the other, do not have it. `complete`: false when not all of
/// the list could be read; then products that are missing in it stay as they are.
std::vector<catalogue_change> save_catalogue(session&, const std::vector<product>&, bool complete = true);
/// After prices changed: what is not with the provider yet costs what it costs now. Goes on where a crash interrupted
/// it; does nothing when nothing is left to do. Gives how many orders cost something else.
long reprice_waiting(session&);

}
