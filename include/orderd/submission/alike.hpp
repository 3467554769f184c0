#pragma once
#include <string_view>

namespace orderd::submission {

/// Whether `told` may be the text that was sent, written by another hand (RULINGS R14): the same after NFKC and without
/// regard to case, the twins of dashes and waves, HTML entities, and outer or repeated spaces; '?', '*' and U+FFFD
/// stand for anything; a text that is a beginning of the other was cut. An absent text is the same as anything.
bool alike(std::string_view sent, std::string_view told);

/// The same of a key that the provider matches exactly (a line, a site, an access key): its letters and digits are the
/// same, whatever their width and case and the signs between them. A key that is hidden in part is the same as any.
bool alike_key(std::string_view sent, std::string_view told);
/// Whether two such keys surely are two: of the same shape, letter by letter and digit by digit, and without a run of
/// one character that may hide something.
bool surely_other_key(std::string_view sent, std::string_view told);

}
