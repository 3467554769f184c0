#pragma once
#include "orderd/submission/evidence.hpp"

#include <string>
#include <string_view>

// What a search showed, in the words of operators. Pure.
namespace orderd::submission {

/// The provider's status of an order: "in progress", 進行中; what is none of its document as it came.
std::string status_words(std::string_view status, bool japanese);
/// A member of the provider's as operators call it in Japanese: 拠点名; in English it keeps its name.
std::string member_words(std::string_view member, bool japanese);
/// Products as they are compared ("1:a|3:b"): "add a, remove b", 追加 a、廃止 b.
std::string products_words(std::string_view products, bool japanese);
/// What tells an order from others: the day of its application, the site's name, its status; "" where nothing is told.
std::string facts_words(std::string_view application_date, std::string_view site_name, std::string_view status,
                        bool japanese);
/// Whether a person sees a difference: also products that are the same and are added where they were to be removed.
bool differs(const compared_member&);

}
