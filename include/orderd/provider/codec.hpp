#pragma once
#include "orderd/core/catalogue.hpp"
#include "orderd/core/order_request.hpp"
#include "orderd/http/body_taker.hpp"
#include "orderd/provider/answers.hpp"
#include "orderd/provider/list_bounds.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// JSON in and out: sent strictly, accepted liberally. A decoder gives nothing when the text is not JSON or not of the
// expected shape; the caller keeps the raw text.
namespace orderd::provider {

/// The body of POST /orders (RULINGS W1): optional members that are empty are left out.
std::string encode(const order_request&);
std::string encode_token_request(const std::string& client_id, const std::string& client_secret);

struct token_answer {
    std::string access_token;
    std::chrono::seconds expires_in{3600}; // RULINGS T3
};
std::optional<token_answer> decode_token(std::string_view json);

/// An element of a list that cannot be used: it has no key, or is of a kind that is not known (RULINGS R11).
template <class T>
struct unreadable_element {
    std::string why;
    std::shared_ptr<const T> told; // what else it says, as far as it could be read; null: nothing
    /// Whether it says the same: without a key nobody can tell whether it is the same.
    bool operator==(const unreadable_element& other) const
    {
        return why == other.why && (told && other.told ? *told == *other.told : told == other.told);
    }
};
/// One page of a list. What is no list gives none: it is never an empty one (RULINGS R10).
template <class T>
struct list_page {
    std::vector<T> items;
    std::vector<unreadable_element<T>> unreadable;
    std::optional<long> total; // of all pages, where the envelope tells it
    std::string against_whole; // the member of the envelope that tells a failure, or that there is more; "" when none
};

/// Reads one page while it comes: no more is kept of its text than may have to be read in another encoding.
template <class T>
class page_reader : public http::body_taker {
public:
    /// The page that came; nothing when it is no list, or `refused`.
    virtual std::optional<list_page<T>> end() = 0;
    /// The elements that were read of what is no list: one that broke off, or beside an error.
    virtual list_page<T> so_far() = 0;
    /// What it is instead of a list that can be used: one too long, or an empty one beside members that say otherwise.
    /// "" when it is read, or is no list at all.
    virtual std::string refused() const = 0;
    /// The memory that it takes.
    virtual std::size_t cost() const = 0;
};
/// `most`: what there is still room for. `received`: how many elements the pages before had; an empty page that tells
/// of more than that is none.
std::unique_ptr<page_reader<product>> read_products(list_bounds most = {}, std::size_t received = 0);
std::unique_ptr<page_reader<order_summary>> read_orders(list_bounds most = {}, std::size_t received = 0);
std::unique_ptr<page_reader<site_summary>> read_sites(list_bounds most = {}, std::size_t received = 0);
// What an element takes, with all it holds.
std::size_t cost_of(const product&);
std::size_t cost_of(const order_summary&);
std::size_t cost_of(const site_summary&);
template <class T>
std::size_t cost_of(const unreadable_element<T>& e)
{
    return sizeof e + e.why.size() + (e.told ? cost_of(*e.told) : 0);
}

// The same of a page that is there.
std::optional<list_page<product>> decode_products(std::string_view json);
std::optional<list_page<order_summary>> decode_orders(std::string_view json);
std::optional<list_page<site_summary>> decode_sites(std::string_view json);
/// What a body looks like that is not what was asked for, in words: "an object that tells an error (errors)".
std::string shape_of(std::string_view body);

std::optional<order_detail> decode_order(std::string_view json);
std::optional<site_detail> decode_site(std::string_view json);
/// The orderCode of a 201; nothing when there is none that can be used, or when an error is told beside it.
std::optional<order_code> decode_created(std::string_view json);
/// Whether an answer to `sent` names as its order code what was sent: the line, the site, a product …
bool repeats_request(std::string_view code, const order_request& sent);
/// The three shapes of an error body (RULINGS T8, T12); empty when it is none of them.
std::vector<api_error> decode_errors(std::string_view json);
/// Retry-After: seconds or an HTTP date, counted from `now`.
std::optional<std::chrono::seconds> parse_retry_after(std::string_view value,
                                                      std::chrono::system_clock::time_point now);

}
