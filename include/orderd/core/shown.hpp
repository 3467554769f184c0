#pragma once
#include <cstddef>
#include <string>
#include <string_view>

// Texts of others (the provider, rows, file names) as a person may look at them: on a terminal, a page, in a
// spreadsheet. What is stored stays as it came.
namespace orderd {

/// On one line, at most `limit` bytes. Characters that command a terminal or reorder what stands beside them become
/// visible: a control character as its picture (␛), another as <U+202E>, a byte that is no UTF-8 as '?'; a line break
/// is " / ", a tab a space.
std::string shown(std::string_view text, std::size_t limit = std::string_view::npos);
/// The same with the text's own line breaks and tabs.
std::string shown_lines(std::string_view text);
/// A cell that its author gets back to mend: only what a row may never hold becomes visible, and is refused again.
std::string returned_cell(std::string_view text);
/// Whether it holds the picture of a control character, as `returned_cell` writes it.
bool pictures_control(std::string_view text);
/// JSON with such characters as \u escapes: the same value, and nothing a terminal obeys.
std::string shown_json(std::string json);

}
