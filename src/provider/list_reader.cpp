#include "list_reader.hpp"
#include "json_names.hpp"
#include "list.hpp"
#include "orderd/core/encoding.hpp"
#include "orderd/core/text.hpp"

#include <algorithm>

namespace orderd::provider {
namespace {

constexpr std::size_t room_for_one = 64 * 1024; // elements are smaller, all but the strangest
constexpr std::size_t shown = 16 * 1024;        // of a body too long to be kept
constexpr std::size_t shown_name = 60;

}

list_reader::list_reader(std::vector<std::string_view> names, listener l)
    : names_(std::move(names)), listener_(std::move(l)), room_(std::make_unique<unsigned char[]>(room_for_one))
{
    begin();
}
list_reader::~list_reader() = default;

void list_reader::begin()
{
    body_.clear();
    refused_.clear();
    whole_ = blank_ = true;
    start();
}

void list_reader::start()
{
    splitter_ = std::make_unique<list_splitter>(
        names_, list_splitter::listener{listener_.begins, [this](std::string_view element) { parse(element); },
                                        [this] { tell(nullptr, "it is longer than 1 MiB"); }});
    first_.clear();
    begun_ = broken_ = false;
    listener_.begins();
}

std::string list_reader::take(std::string_view piece)
{
    if (!refused_.empty()) return refused_;
    blank_ = blank_ && piece.find_first_not_of(" \t\r\n") == piece.npos;
    keep(piece);
    if (!broken_) add(piece);
    if (broken_ && !whole_ && refused_.empty()) refused_ = "it is no JSON";
    return refused_;
}

void list_reader::add(std::string_view piece)
{
    auto mark = byte_order_mark(encoding::utf8_bom);
    if (begun_) {
        broken_ = !splitter_->add(piece) || broken_;
        return;
    }
    first_.append(piece);
    if (first_.size() < mark.size() && mark.starts_with(first_)) return;
    begun_ = true;
    auto first = std::exchange(first_, {});
    add(std::string_view(first).substr(first.starts_with(mark) ? mark.size() : 0));
}

void list_reader::keep(std::string_view piece)
{
    if (!whole_) return;
    whole_ = body_.size() + piece.size() <= most_repaired;
    auto more = piece.substr(0, most_repaired - body_.size());
    if (body_.size() + more.size() > body_.capacity()) // never more than there may be of it
        body_.reserve(std::min(most_repaired, std::max(body_.size() + more.size(), 2 * body_.capacity())));
    body_.append(more);
    if (whole_) return;
    body_.resize(shown);
    body_.shrink_to_fit();
}

void list_reader::tell(const json::value* element, std::string why)
{
    if (!refused_.empty()) return;
    listener_.element(element, std::move(why));
    refused_ = listener_.too_much();
}

void list_reader::parse(std::string_view element)
{
    if (!refused_.empty()) return;
    boost::system::error_code error;
    json::monotonic_resource memory(room_.get(), room_for_one);
    auto value = json::parse(json::string_view(element.data(), element.size()), error, &memory);
    broken_ = broken_ || error.failed();
    if (error) return;
    auto twice = name_told_twice(element);
    tell(twice ? nullptr : &value, twice ? "it tells \"" + printable(*twice, shown_name) + "\" twice" : "");
}

std::optional<json::value> list_reader::end()
{
    if (!begun_ && !first_.empty()) {
        begun_ = true;
        auto first = std::exchange(first_, {});
        add(first);
    }
    if ((broken_ || !splitter_->end()) && !read_again()) return std::nullopt;
    if (!refused_.empty() || splitter_->envelope().empty()) return std::nullopt;
    auto envelope = parsed(splitter_->envelope());
    if (!envelope || !take_elements(*envelope)) return std::nullopt;
    return envelope;
}

/// What is no JSON as it is may be some in another way.
bool list_reader::read_again()
{
    if (!whole_ || !refused_.empty()) return false;
    std::string_view text = body_;
    auto mark = byte_order_mark(encoding::utf8_bom);
    if (text.starts_with(mark)) text.remove_prefix(mark.size());
    auto again = repaired(text);
    start();
    begun_ = true;
    broken_ = !splitter_->add(again);
    return !broken_ && splitter_->end();
}

/// Judges the envelope (RULINGS R10). Elements under a name that was not seen to be the list's are still in it.
bool list_reader::take_elements(const json::value& envelope)
{
    auto* list = list_in(envelope, names_);
    if (!list) return false;
    auto* object = envelope.if_object();
    auto* split_off = object ? object->if_contains(splitter_->list_member()) : &envelope;
    if (split_off && split_off->if_array() == list) return true;
    listener_.begins();
    for (const auto& element : *list) tell(&element, {});
    return refused_.empty();
}

}
