#pragma once
#include <string_view>

namespace orderd::submission {

/// Whether `told` may be the text that was sent, written by another hand (RULINGS R14): the same after NFKC and without
/// regard to case, the twins of dashes and waves, HTML entities, and outer or repeated spaces; '?', '*' and U+FFFD in
/// what is told stand for anything; what is told may be cut. An absent text is the same as anything.
bool alike(std::string_view sent, std::string_view told);
/// Whether an access key may be the one that was sent: the same after NFKC, in case too and to its last character, or
/// hidden in part.
bool alike_secret(std::string_view sent, std::string_view told);

/// A text as it was sent, and as the provider tells it.
struct written {
    std::string_view sent, told;
};
/// Whether it is told otherwise than by the ways of writing that every hand may have: cut, hidden, or in another case.
bool told_otherwise(const written&);
/// Whether the hand in which a known order is told explains how another is: a provider that tells a long name whole
/// does not cut a shorter one, one that keeps case does not change it, and one that tells Japanese hides none.
bool in_the_same_hand(const written& known, const written& other);

/// Whether a key may be the one that was sent, which the provider matches exactly (a line, a site, an access key): its
/// letters and digits are the same, whatever their width and case and the signs between them. A key that is hidden in
/// part is the same as any.
bool alike_key(std::string_view sent, std::string_view told);
/// Whether two such keys surely are two: of the same shape, letter by letter and digit by digit, and without a run of
/// one character that may hide something.
bool surely_other_key(std::string_view sent, std::string_view told);

}
