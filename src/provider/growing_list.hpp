#pragma once
#include "around_list.hpp"
#include "orderd/provider/api.hpp"
#include "orderd/provider/codec.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

namespace orderd::provider {

// A page of so many that comes again whatever is asked for may be a server's cap; fewer are taken for all there are.
constexpr std::size_t least_cap = 20;
constexpr std::size_t most_elements = 9999; // `limit` and `offset` have at most 4 digits (RULINGS R3)

inline std::string key_of(const order_summary& o) { return o.code.text; }
inline std::string key_of(const site_summary& s) { return s.code.text; }
inline std::string key_of(const product& p) { return p.customer_product_id + '\n' + p.code; }

/// Elements without a key, page by page: nothing but what they say tells those that came before.
template <class T>
class keyless_elements {
public:
    /// Without those that the page before had too: all where it came again, the first where offsets count from one.
    std::vector<unreadable_element<T>> new_ones(const std::vector<unreadable_element<T>>& page)
    {
        auto old = page.begin();
        if (page == before_)
            old = page.end();
        else if (!page.empty() && !before_.empty() && page.front() == before_.back())
            ++old;
        before_ = page;
        return {old, page.end()};
    }

private:
    std::vector<unreadable_element<T>> before_;
};

/// A list as its pages come, offsets counted both ways (RULINGS R3). A page that is shorter than asked may be the
/// server's own cap: the end is a page that brings nothing new (R15).
template <class T>
class growing_list {
public:
    listing<T> all;

    std::size_t received() const { return all.items.size() + all.unreadable.size(); }
    /// What the next page is to be asked for; 0: no offset.
    std::size_t offset() const { return received() == 0 ? 0 : received() + from_one_; }
    const list_bounds& used() const { return used_; }

    /// Takes in a page, and what its answer's head tells. Whether there may be another.
    bool add(list_page<T> page, const told_around& head)
    {
        for (auto told : {head.total, page.total})
            if (told) total_ = std::max(total_.value_or(0), *told);
        auto before = received(), count = page.items.size() + page.unreadable.size();
        if (count > 0) against_whole_ = page.against_whole.empty() ? head.against_whole : page.against_whole;
        largest_ = std::max(largest_, count);
        bool no_keys = count > 0 && page.items.empty();
        bool may_be_from_one = no_keys || (count == 1 && largest_ == 1);
        add_elements(std::move(page));
        if (received() == before) {
            if (may_be_from_one && !std::exchange(from_one_, true)) return true;
            if (no_keys) all.not_whole = "the list ends in elements without a key, and may have more of them";
            all.beyond_reach = before > 0 && count >= least_cap; // the same page again: the server does not page
            return false;
        }
        all.beyond_reach = received() > most_elements;
        return !all.beyond_reach;
    }

    /// Takes in what came of it before it could not be read any further.
    listing<T> broken_off(list_page<T> rest, failure why) &&
    {
        auto n = received();
        if (n > 0)
            why.text = "the list broke off behind " + std::to_string(n) + (n == 1 ? " element" : " elements") +
                       (why.text.empty() ? "" : ": " + why.text);
        add_elements(std::move(rest));
        all.broke_off = std::move(why);
        all.complete = false;
        return std::move(all);
    }

    listing<T> whole() &&
    {
        if (total_ && *total_ > static_cast<long>(received())) all.beyond_reach = true;
        if (!against_whole_.empty())
            all.not_whole = "the provider's list says by \"" + against_whole_ + "\" that it is not whole";
        all.complete = !all.beyond_reach && all.not_whole.empty() && all.unreadable.empty();
        return std::move(all);
    }

private:
    void add_elements(list_page<T> page)
    {
        for (auto& item : page.items)
            if (seen_.insert(key_of(item)).second) {
                used_.bytes += cost_of(item);
                all.items.push_back(std::move(item));
            }
        for (auto& element : without_key_.new_ones(page.unreadable)) {
            used_.bytes += cost_of(element);
            all.unreadable.push_back(std::move(element));
        }
        used_.elements = received();
    }

    list_bounds used_{0, 0};
    std::unordered_set<std::string> seen_;
    keyless_elements<T> without_key_;
    std::optional<long> total_;
    std::string against_whole_; // of the last page that had elements
    std::size_t largest_ = 0;   // elements of a page
    bool from_one_ = false;     // offsets count from 1, as far as a page shows that brings nothing new
};

}
