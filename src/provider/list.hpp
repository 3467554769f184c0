#pragma once
#include "json_members.hpp"
#include "orderd/provider/codec.hpp"

#include <initializer_list>

namespace orderd::provider {

/// The elements of a list, or nothing: a bare array, or an object with exactly one member that is an array, under one
/// of `names` or a name that any list may have. What tells an error is no list (RULINGS R10).
const json::array* list_in(const json::value&, std::initializer_list<std::string_view> names);
/// How many elements there are in all, where the envelope tells it.
std::optional<long> total_in(const json::value&);

constexpr std::size_t most_elements = 500'000; // of one page; the provider's `limit` has four digits (RULINGS R3)

/// Every element that `decode` can read; one without its key, or that is no object, is told apart (RULINGS R11).
/// `decode` gives why an element cannot be read, "" when it could.
template <class T, class F>
std::optional<list_page<T>> decode_list(std::string_view source, std::initializer_list<std::string_view> names,
                                        F decode)
{
    auto v = parsed(source);
    auto* list = v ? list_in(*v, names) : nullptr;
    if (!list || list->size() > most_elements) return std::nullopt;
    list_page<T> page;
    page.total = total_in(*v);
    page.items.reserve(list->size());
    for (const auto& element : *list) {
        auto* o = element.if_object();
        T item;
        auto why = o ? decode(*o, item) : std::string("it is no object");
        if (why.empty())
            page.items.push_back(std::move(item));
        else
            page.unreadable.push_back({std::move(why)});
    }
    return page;
}

}
